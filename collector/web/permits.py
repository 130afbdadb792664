"""Who may open which page: every endpoint of the console and the roles that may use it. Nothing that is not here opens.

Whoever may open a page still decides nothing about their own agency (collector.web.access.Person.works_at), and a
viewer sees one agency only.
"""

from __future__ import annotations

from forms.account_rules import ROLES, Role

Permit = frozenset[Role]

_ALL: Permit = frozenset(ROLES)
_MANAGER: Permit = frozenset({"manager"})
_READERS: Permit = frozenset({"observer", "auditor"})  # they look at the whole round and change nothing
_CLERKS: Permit = frozenset({"manager", "clerk"})
_VERIFIERS: Permit = frozenset({"manager", "verifier"})

# The door's own pages (access.login, enter, code, check) are before it: nobody is logged in there.
PERMITS: dict[str, Permit] = {
    "access.leave": _ALL,
    "own.password": _ALL,
    "own.change": _ALL,
    "own.factor": _ALL,
    "own.enrol": _ALL,
    "users.show": _MANAGER | {"auditor"},
    "users.form": _MANAGER,
    "users.add": _MANAGER,
    "users.one": _MANAGER,
    "users.change": _MANAGER,
    "users.disable": _MANAGER,
    "users.enable": _MANAGER,
    "users.reset": _MANAGER,
    "log.show": _MANAGER | {"auditor"},
    "log.check": _MANAGER | {"auditor"},
    "prepare.show": _CLERKS | _READERS,
    "prepare.take": _MANAGER,
    "prepare.workbook": _CLERKS | _READERS,
    "prepare.original": _CLERKS | _READERS,
    "prepare.yearly": _MANAGER,
    "prepare.keep_yearly": _MANAGER,
    "prepare.preview": _CLERKS | _READERS,
    "prepare.preview_pdf": _CLERKS | _READERS,
    "prepare.preview_page": _CLERKS | _READERS,
    "prepare.preview_phone": _CLERKS | _READERS,
    "prepare.press": _CLERKS | _READERS,
    "prepare.progress": _CLERKS | _READERS,
    "prepare.begin": _CLERKS,
    "prepare.printed": _CLERKS,
    "prepare.next_year": _MANAGER,
    "prepare.make": _MANAGER,
    "prepare.open_it": _MANAGER,
    "prepare.parcel": _CLERKS,
    "console.quota": _ALL,
    "console.quota_table": _ALL,
    "console.quota_book": _ALL,
    "sheets.show": _CLERKS | _READERS | {"verifier"},
    "sheets.missing": _CLERKS | _READERS,
    "sheets.missing_table": _CLERKS | _READERS,
    "sheets.log": _CLERKS | {"auditor"},
    "sheets.form": _CLERKS,
    "sheets.record": _CLERKS,
    "sheets.look": _CLERKS,
    "sheets.read_picture": _CLERKS,
    "doubts.show": _VERIFIERS,
    "doubts.settle": _VERIFIERS,
    "doubts.undo": _VERIFIERS,
    "looks.show": _VERIFIERS,
    "looks.look": _VERIFIERS,
    "looks.undo": _VERIFIERS,
    "looks.results": _VERIFIERS | _READERS,
    "conflicts.show": _VERIFIERS | _READERS,
    "conflicts.decide": _VERIFIERS,
    "signatures.show": _VERIFIERS | _READERS,
    "signatures.decide": _VERIFIERS,
    "unread.show": _VERIFIERS | _READERS,
    "batches.show": _VERIFIERS | _READERS | {"clerk"},
    "batches.batch": _VERIFIERS | _READERS | {"clerk"},
    "uploads.progress": _VERIFIERS | _READERS | {"clerk"},
    "uploads.send": _VERIFIERS | {"clerk"},
    "typed.ask": _VERIFIERS,
    "typed.find": _VERIFIERS,
    "typed.form": _VERIFIERS,
    "typed.keep": _VERIFIERS,
    "receipts.show": _VERIFIERS | {"clerk"},
    "receipts.check": _VERIFIERS | {"clerk"},
    "letters.show": _MANAGER | _READERS,
    "letters.remind": _MANAGER,
    "scores.show": _MANAGER | _READERS,
    "scores.quality": _MANAGER | _READERS,
    "scores.agency": _MANAGER | {"auditor"},
    "scores.draw": _MANAGER | {"auditor"},
    "scores.paper": _MANAGER | {"auditor"},
    "scores.criterion": _MANAGER | {"auditor"},
    "scores.picture": _MANAGER | {"auditor"},
    "petitions.show": _MANAGER | _READERS,
    "petitions.one": _MANAGER | _READERS,
    "petitions.form": _MANAGER,
    "petitions.take": _MANAGER,
    "petitions.decide": _MANAGER,
    "editions.show": _MANAGER | _READERS,
    "editions.edition": _MANAGER | _READERS,
    "editions.compare": _MANAGER | _READERS,
    "editions.file": _MANAGER | _READERS,
    "editions.make": _MANAGER,
    "editions.freeze": _MANAGER,
    "editions.frozen": _MANAGER | {"auditor"},
    "rechecks.show": _MANAGER | _READERS | {"rechecker"},
    "rechecks.call": frozenset({"rechecker"}),
    "rechecks.record": frozenset({"rechecker"}),
    "rechecks.attempt": frozenset({"rechecker"}),
    "rechecks.plan": _MANAGER | _READERS,
    "rechecks.take_contacts": _MANAGER,
    "rechecks.commit_seed": _MANAGER,
    "rechecks.draw": _MANAGER,
    "rechecks.audit": _MANAGER | _READERS,
    "rechecks.report": _MANAGER | _READERS,
    "rechecks.file": _MANAGER | _READERS,
    "rechecks.decisions": _MANAGER | _READERS,
    "rechecks.apply": _MANAGER,
    "rechecks.take_back": _MANAGER,
    "pictures.row": _VERIFIERS | _READERS,
    "pictures.look": _VERIFIERS | _READERS,
    "pictures.side": _VERIFIERS | _READERS,
    "pictures.page": _VERIFIERS | _READERS,
}


def may_open(endpoint: str, roles: Permit) -> bool:
    """Whether somebody of these roles may open an endpoint of the console."""
    return bool(PERMITS.get(endpoint, frozenset()) & roles)
