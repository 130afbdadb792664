"""The console's pages as the navigation names them, grouped by the work that they belong to, in their order."""

from __future__ import annotations

# Group -> endpoint -> name, both names of the catalogue. Whoever logs in comes back to one of these pages.
GROUPS: dict[str, dict[str, str]] = {
    "console.nav_follow": {"console.quota": "console.quota"},
    "console.nav_paper": {
        "prepare.show": "prepare.title",
        "sheets.show": "sheets.title",
        "batches.show": "console.batches",
        "unread.show": "console.unread",
        "typed.ask": "console.typed",
        "imports.show": "import.title",
        "people.show": "recipients.title",
        "inviting.show": "inviting.title",
        "letters.show": "invite.title",
        "receipts.show": "receipt.title",
    },
    "console.nav_decide": {
        "doubts.show": "console.doubts",
        "conflicts.show": "console.conflicts",
        "signatures.show": "sign.title",
        "again.show": "look.again_title",
        "looks.show": "look.title",
    },
    "console.nav_results": {
        "rechecks.show": "recheck.screen",
        "scores.show": "trail.scores",
        "scores.quality": "trail.quality",
        "petitions.show": "petitions.title",
        "editions.show": "petitions.editions",
        "exports.show": "export.title",
    },
    "console.nav_manage": {"users.show": "account.users", "log.show": "log.title"},
}
PAGES = {endpoint: name for pages in GROUPS.values() for endpoint, name in pages.items()}
PARTS_OF_PAGES = ("sheets.missing", "sheets.log")  # of pages that the navigation names
