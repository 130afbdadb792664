"""What must fit together in a campaign folder beyond the single file: names that refer, sums, codes that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from forms.campaign import Criterion, Phase
from forms.code import ADDRESS_CAPACITY, code_address, fits_code
from forms.coverage import find_only_raters
from forms.errors import Problem
from forms.grids import fold
from forms.letters import check_letters
from forms.matrix_rules import check_matrix
from forms.parts import Parts
from forms.questionnaire_rules import check_questionnaire, find_repeated, make_problem
from forms.source import Source, is_mended
from forms.tables import Row, is_code
from forms.words import text

_MOST_ROWS = 10  # shown of those that repeat a mistake
_MOST_CODES = 8  # shown of those that could be meant


def check_parts(parts: Parts) -> list[Problem]:
    """Every problem between the files of a campaign, each where it can be mended."""
    problems = list(_check_settings(parts, parts.settings_file)) if parts.settings else []
    problems += _check_tables(parts)
    problems += _check_numbers(parts)
    problems += _check_large_print(parts)
    problems += _check_criteria(parts)
    problems += _check_recheck(parts)
    for code, questionnaire in parts.questionnaires.items():
        problems += check_questionnaire(parts, questionnaire, parts.questionnaire_files[code])
        problems += check_matrix(parts, questionnaire, parts.questionnaire_files[code])
    return problems


def _check_settings(parts: Parts, file: Source) -> Iterator[Problem]:
    settings = parts.settings
    assert settings is not None
    address = code_address(settings.public_address)
    if address:
        if not _is_address(settings.public_address or ""):
            yield make_problem(file.where(("public_address",)), "address_wrong", given=settings.public_address)
        elif not fits_code(address):
            yield make_problem(file.where(("public_address",)), "address_unfit", longest=ADDRESS_CAPACITY)
    for name, codes in (
        ("blocks", [block.code for block in settings.blocks]),
        ("groups", [group.code for group in settings.groups]),
        ("phases", [phase.code for phase in settings.phases]),
    ):
        for index, code in find_repeated(codes):
            yield make_problem(file.where((name, index, "code")), "code_twice", code=code)
    yield from _check_file_names([group.code for group in settings.groups], file)
    for index, phase in enumerate(settings.phases):
        if phase.first > phase.last:
            yield make_problem(file.where(("phases", index)), "phase_backwards", phase=phase.name)
    yield from _check_reach(settings.phases, file)
    for index, group in enumerate(settings.groups):
        named = ("groups", index, "questionnaire")
        if group.questionnaire not in parts.questionnaire_files and not is_mended(file, named):
            where = file.where(named)
            yield make_problem(where, "questionnaire_missing", code=group.questionnaire)
    lowers = [band.lower for band in settings.scoring.bands]
    for index, given in find_repeated(f"{lower}" for lower in lowers):
        yield make_problem(file.where(("scoring", "bands", index)), "band_twice", given=given)
    if settings.scoring.population == "quota" and all(quota.population is None for quota in parts.quotas):
        yield make_problem(file.where(("scoring", "population")), "population_missing")
    runs = settings.accounts.runs
    if runs and "agencies" in parts.rows and runs not in {agency.code for agency in parts.agencies}:
        yield make_problem(file.where(("accounts", "runs")), "runs_missing", code=runs)
    yield from _check_weights(parts, settings.scoring.group_weights)
    yield from check_letters(settings.letters, settings.mail, file)


def _check_reach(phases: Sequence[Phase], file: Source) -> Iterator[Problem]:
    """A plan never asks for less later than it asked for before."""
    for index, phase in enumerate(phases):
        for other in phases:
            if phase.reach is None or other.reach is None:
                continue
            if other.last < phase.last and other.reach > phase.reach:
                fields = {"phase": phase.name, "before": other.name, "reach": other.reach}
                yield make_problem(file.where(("phases", index, "reach")), "phase_reach", **fields)


def _check_recheck(parts: Parts) -> Iterator[Problem]:
    """Questions that are asked again must be questions of one choice of that group's questionnaire."""
    settings = parts.settings
    for group in settings.groups if settings else ():
        asked = parts.questionnaires.get(group.questionnaire)
        ones = {question.code for question in asked.questions() if question.kind == "one"} if asked else set()
        for code in settings.recheck.questions.get(group.code, ()) if settings and asked else ():
            if code not in ones:
                fields = {"group": group.code, "code": code}
                where = parts.settings_file.where(("recheck", "questions", group.code))
                yield Problem(where, text("recheck.question_unknown", **fields), text("recheck.question_unknown_fix"))


def _check_file_names(groups: list[str], file: Source) -> Iterator[Problem]:
    """A cell of many sheets fills CC-01.pdf, CC-02.pdf: no other group may be called so."""
    for index, code in enumerate(groups):
        start, dash, number = code.rpartition("-")
        if dash and len(number) > 1 and number.isdigit() and start in groups:
            yield make_problem(file.where(("groups", index, "code")), "group_clash", code=code, other=start)


def _is_address(written: str) -> bool:
    try:
        url = urlsplit(written)
        return (
            url.scheme in ("http", "https")
            and bool(url.hostname)
            and url.port != 0
            and not (url.query or url.fragment or url.username)
            and not any(letter.isspace() for letter in written)
        )
    except ValueError:  # a port or a bracket that cannot be
        return False


def _check_weights(parts: Parts, weights: Mapping[str, object]) -> Iterator[Problem]:
    groups, file = parts.codes("groups") or set(), parts.settings_file
    criteria = {criterion.code for criterion in parts.criteria} | {"default"}
    base = ("scoring", "group_weights")
    for key, value in weights.items():
        if isinstance(value, dict):
            if parts.criteria and key not in criteria:
                yield make_problem(file.where((*base, key)), "criterion_missing", code=key)
            for group in value.keys() - groups:
                yield make_problem(file.where((*base, key, group)), "group_missing", code=group)
        elif key not in groups:
            yield make_problem(file.where((*base, key)), "group_missing", code=key)
    numbers = [
        number for value in weights.values() for number in (value.values() if isinstance(value, dict) else [value])
    ]
    if weights and not any(numbers):
        yield make_problem(file.where(base), "weights_all_zero")
    if weights and not any(isinstance(value, dict) for value in weights.values()):
        for group in sorted(code for code in groups - weights.keys() if not is_mended(file, (*base, code))):
            yield make_problem(file.where(base), "weight_missing", code=group)


def _check_tables(parts: Parts) -> Iterator[Problem]:
    blocks, groups = parts.names("blocks"), parts.names("groups")
    # Where a table could not be read, every row that refers to it would be wrong: no news.
    agencies = {agency.code: agency.name for agency in parts.agencies} if "agencies" in parts.rows else None
    collectors = {collector.code: collector.name for collector in parts.collectors}
    criteria = {criterion.code: criterion.name for criterion in parts.criteria}
    known: dict[str, dict[str, Mapping[str, str] | None]] = {
        "agencies": {"block": blocks, "parent": agencies},
        "collectors": {},
        "quotas": {"agency": agencies, "group": groups, "collector": collectors},
        "criteria": {"block": blocks, "parent": criteria},
    }
    yield from _check_names(parts)
    for name, columns in known.items():
        rows = parts.rows.get(name, [])
        for column, codes in columns.items():
            yield from _check_references(rows, column, codes)
        keys = [f"{row.get('agency')} {row.get('group')}" if name == "quotas" else row.get("code") for row in rows]
        for index, code in find_repeated(keys):
            yield make_problem(rows[index].where(), "code_twice", code=code)


def _check_names(parts: Parts) -> Iterator[Problem]:
    """Two agencies under one name: a sheet bears the name alone, so nobody could tell them apart."""
    seen: dict[tuple[str, str, str], str] = {}
    for row, agency in zip(parts.rows.get("agencies", []), parts.agencies, strict=True):
        key = fold(agency.name), agency.block, agency.parent
        other = seen.setdefault(key, agency.code)
        if agency.name and other != agency.code:
            yield make_problem(row.where("name"), "name_twice", name=agency.name, code=agency.code, other=other)


def _check_references(rows: Iterable[Row], column: str, codes: Mapping[str, str] | None) -> Iterator[Problem]:
    """A code that is not there is one problem, however many rows refer to it."""
    unknown: dict[str, list[Row]] = {}
    for row in rows:
        written = row.get(column)
        if written and (not is_code(written) if codes is None else written not in codes):
            unknown.setdefault(written, []).append(row)
    for code, (first, *others) in unknown.items():
        numbers = ", ".join(str(row.number) for row in others[:_MOST_ROWS]) + (", ..." if others[_MOST_ROWS:] else "")
        also = text("problem.also_rows", rows=numbers) if others else ""
        what = text(f"problem.{column}_missing", code=code) + also
        yield Problem(first.where(column), what, _way_out(column, code, codes or {}))


def _way_out(column: str, written: str, names: Mapping[str, str]) -> str:
    """What to write instead of a code that is not there."""
    if meant := _find_meant(written, names):
        return text("problem.code_meant_fix", meant=meant)
    if is_code(written):
        return text(f"problem.{column}_missing_fix", code=written)
    some = ", ".join([*names][:_MOST_CODES]) + (", ..." if len(names) > _MOST_CODES else "")
    return text("problem.code_choose_fix", known=some) if names else text("problem.code_wrong_fix")


def _find_meant(written: str, names: Mapping[str, str]) -> str:
    """The code that was meant where its name is written, or small letters; "" where nobody can tell."""
    if written.upper() in names:
        return written.upper()
    return next((code for code, name in names.items() if fold(name) == fold(written)), "")


def _check_numbers(parts: Parts) -> Iterator[Problem]:
    """Two cells must not number their sheets alike: A-CC with CC against A with CC-CC."""
    cells: dict[str, str] = {}
    for row in parts.rows.get("quotas", []):
        agency, group = row.get("agency"), row.get("group")
        cell, prefix = f"{agency} {group}", f"{agency}-{group}"
        other = cells.setdefault(prefix, cell)
        if other != cell:  # the same cell twice is told elsewhere
            yield make_problem(row.where("group"), "number_clash", cell=cell, other=other, number=f"{prefix}-001")


def _check_large_print(parts: Parts) -> Iterator[Problem]:
    """A cell has at most all of its sheets in large print, and a matrix, which is all table, none."""
    groups = {group.code: group.questionnaire for group in parts.settings.groups} if parts.settings else {}
    for row, quota in zip(parts.rows.get("quotas", []), parts.quotas, strict=True):
        printed, asked = quota.target + quota.reserve, parts.questionnaires.get(groups.get(quota.group, ""))
        if quota.large_print > printed:
            fields = {"cell": f"{quota.agency} {quota.group}", "given": quota.large_print, "printed": printed}
            yield Problem(
                row.where("large_print"),
                text("problem.large_print_too_many", **fields),
                text("problem.large_print_too_many_fix", printed=printed),
            )
        elif quota.large_print and asked is not None and asked.rates != "agency":
            yield make_problem(row.where("large_print"), "large_print_matrix")


def _check_criteria(parts: Parts) -> Iterator[Problem]:
    rows = parts.rows.get("criteria", [])
    parents = {criterion.code: criterion.parent for criterion in parts.criteria}
    blocks = set(parts.codes("blocks") or ()) - find_only_raters(parts)
    for row, criterion in zip(rows, parts.criteria, strict=True):
        if _in_a_circle(criterion.code, parents):
            yield make_problem(row.where("parent"), "criterion_circle", code=criterion.code)
            continue
        for block in sorted(code for code in blocks if criterion.block in ("", code)):
            total = _sum_of_children(parts.criteria, criterion.code, block)
            if total is not None and total != criterion.max_points:
                fields = {
                    "code": criterion.code,
                    "block": block,
                    "total": f"{total.normalize():f}",
                    "given": f"{criterion.max_points.normalize():f}",
                }
                yield make_problem(row.where("max_points"), "points_do_not_add_up", **fields)
                break


def _in_a_circle(code: str, parents: dict[str, str]) -> bool:
    passed: set[str] = set()
    while code and code not in passed:
        passed.add(code)
        code = parents.get(code, "")
    return bool(code)


def _sum_of_children(criteria: Iterable[Criterion], parent: str, block: str) -> Decimal | None:
    children = [child.max_points for child in criteria if child.parent == parent and child.block in ("", block)]
    return sum(children, Decimal(0)) if children else None
