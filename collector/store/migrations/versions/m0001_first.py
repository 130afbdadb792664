"""The first schema: every table in its order, then what the database refuses."""

from __future__ import annotations

from collector.store.migrations.first import (
    accounts,
    answer_imports,
    cells,
    doubts,
    editions,
    events,
    guards,
    letters,
    looks,
    movements,
    pages,
    questionnaires,
    recheck_calls,
    recheck_draws,
    recipients,
    responses,
    sheets,
    signing,
    typed_entries,
    uploads,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    cells.make_cells()
    questionnaires.make_questionnaires()
    questionnaires.make_layouts()
    questionnaires.make_print_runs()
    movements.make_movements()
    sheets.make_sheets()
    sheets.make_sheet_steps()
    pages.make_scan_files()
    pages.make_pages()
    pages.make_page_answers()
    responses.make_responses()
    responses.limit_responses()
    responses.make_answers()
    responses.make_import_rows()
    responses.make_imported_answers()
    doubts.make_doubts()
    looks.make_looks()
    doubts.make_conflicts()
    events.make_events()
    recipients.make_recipients()
    recipients.make_draws()
    editions.make_editions()
    editions.make_petitions()
    recheck_draws.make_recheck_frames()
    recheck_draws.make_recheck_draws()
    recheck_calls.make_recheck_calls()
    recheck_calls.make_recheck_opinions()
    accounts.make_accounts()
    accounts.make_account_sessions()
    letters.make_invitations()
    letters.make_letters()
    responses.make_as_above()
    uploads.make_uploads()
    typed_entries.make_typed_entries()
    signing.make_pending_acts()
    recheck_calls.make_recheck_decisions()
    recheck_calls.make_recheck_attempts()
    answer_imports.make_answer_imports()
    looks.make_doubt_readings()
    questionnaires.make_skip_rules()
    guards.forbid_changes()


def downgrade() -> None:
    """There is nothing before the first schema: start from a backup instead."""
    raise NotImplementedError
