"""Rules and findings put into sentences of the catalogue, for people."""

from __future__ import annotations

from decimal import Decimal

from aggregation.findings import Findings, RankedAgency
from aggregation.rounding import show_exact, show_number
from aggregation.scores import Scores
from aggregation.tables import ScoringTables
from forms.rules import Scoring
from forms.words import text

# More names than this in one sentence and nobody reads on; scores.csv holds them all.
NAMES = 10
# Where less than this share of the spread of scores is no chance, an order of ranks says little.
RANKABLE = 0.5


def method_sentences(rules: Scoring, tables: ScoringTables, lang: str) -> list[str]:
    """How the scores were computed, one sentence or two a rule."""
    sentences = [
        text("report.method_mean", lang),
        _weights_sentence(rules, tables, lang),
        text(f"report.method_empty_{rules.empty_group}", lang),
        text("report.method_left_out", lang),
        text(f"report.method_blank_{rules.blank}", lang),
    ]
    if rules.valid_sheet.min_answered:
        sentences.append(
            text("report.method_valid_sheet", lang, percent=show_exact(rules.valid_sheet.min_answered * 100, lang))
        )
    sentences += [
        text(f"report.method_round_{rules.rounding.at}", lang, places=rules.rounding.places),
        text("report.method_ranks", lang),
    ]
    if rules.rank_from.n_valid:
        sentences.append(text("report.method_rank_from", lang, n=rules.rank_from.n_valid))
    if rules.bands:
        bands = [
            text("report.band", lang, name=band.name, percent=show_exact(band.lower, lang)) for band in rules.bands
        ]
        sentences.append(text("report.method_bands", lang, bands=", ".join(bands)))
    sentences.append(text("report.method_interval", lang))
    if rules.small_cell.pool_below:
        sentences.append(text("report.method_pool", lang, n=rules.small_cell.pool_below))
    if rules.population == "quota":
        sentences.append(text("report.method_population", lang))
    return [*sentences, text("report.method_limit", lang)]


def _weights_sentence(rules: Scoring, tables: ScoringTables, lang: str) -> str:
    if not rules.group_weights:
        return text("report.method_weights_equal", lang)
    if any(isinstance(weight, dict) for weight in rules.group_weights.values()):
        return text("report.method_weights_table", lang)
    names = dict(zip(tables.groups["group"], tables.groups["name"], strict=True))
    shown = [
        f"{names.get(group, group)} {show_exact(weight, lang)}"
        for group, weight in rules.group_weights.items()
        if isinstance(weight, Decimal)
    ]
    return text("report.method_weights", lang, weights="; ".join(shown))


def note_sentences(scores: Scores, tables: ScoringTables, counted: dict[str, int], lang: str) -> list[str]:
    """What the reader has to know about the data; `counted`: conflicts, over_quota, unissued, struck, from outside."""
    sums = {name: int(scores.sheets[f"n_{name}"].sum()) for name in ("doubtful", "short", "blank")}
    sentences = [text("report.note_doubtful", lang, n=show_number(sums["doubtful"], 0, lang))]
    if not sums["doubtful"]:
        sentences = [text("report.note_no_doubtful", lang)]
    for name, number in {**counted, "short": sums["short"], "blank": sums["blank"]}.items():
        if number:
            sentences.append(text(f"report.note_{name}", lang, n=show_number(number, 0, lang)))
    return sentences + _agency_notes(scores, tables, lang)


def _agency_notes(scores: Scores, tables: ScoringTables, lang: str) -> list[str]:
    names = dict(zip(tables.agencies["agency"], tables.agencies["name"], strict=True))
    groups = dict(zip(tables.groups["group"], tables.groups["name"], strict=True))
    gathered: dict[tuple[str, str], dict[str, list[str]]] = {}
    for note in scores.notes:
        gathered.setdefault((note.kind, note.group), {}).setdefault(names[note.agency], []).append(note.criterion)
    sentences = []
    for (kind, group), agencies in gathered.items():
        shown = [f"{name} ({', '.join(found)})" if any(found) else name for name, found in agencies.items()]
        listed = _list_names(shown, lang)
        fields = {"group": groups.get(group, group), "agencies": listed, "n": scores.rules.rank_from.n_valid}
        sentences.append(text(f"report.note_{kind}", lang, **fields))
    return sentences


def _list_names(names: list[str], lang: str) -> str:
    if len(names) > NAMES:
        shown, more = "; ".join(names[: NAMES - 1]), len(names) - NAMES + 1
        return text("report.and_more", lang, names=shown, n=more)
    return "; ".join(names)


def summary_sentences(block: Findings, places: int, lang: str) -> list[str]:
    """What the results of a block say, in a few sentences."""
    ranked = block.placed
    if not ranked:
        return [text("report.summary_unranked" if block.ranked else "report.summary_nothing", lang)]
    if len(ranked) > 1:
        return _many_agencies(block, places, lang)
    points, maximum = show_number(ranked[0].points, places, lang), show_exact(block.maximum, lang)
    return [text("report.summary_one", lang, best=ranked[0].name, best_points=points, maximum=maximum)]


def separation_sentences(scores: Scores, block: str, lang: str) -> list[str]:
    """How much of the spread between a block's agencies is no chance; nothing where that is unknown."""
    found = scores.separations.get(block)
    if found is None:
        return []
    kind = "low" if found.rankability < RANKABLE else "high"
    percent = show_number(100 * found.rankability, 0, lang)
    return [text(f"report.summary_separation_{kind}", lang, percent=percent)]


def _many_agencies(block: Findings, places: int, lang: str) -> list[str]:
    ranked = block.placed
    mean = sum(agency.points or 0.0 for agency in ranked) / len(ranked)
    weakest = min(block.fields, key=lambda field: field_mean(block, field) or 101.0)
    worst_rank = max(agency.rank or 0 for agency in ranked)
    sentences = [
        text(
            "report.summary_block",
            lang,
            mean=show_number(mean, places, lang),
            maximum=show_exact(block.maximum, lang),
            percent=show_number(100 * mean / float(block.maximum), 1, lang),
            best=_names_at(ranked, 1),
            best_points=show_number(ranked[0].points, places, lang),
            worst=_names_at(ranked, worst_rank),
            worst_points=show_number(ranked[-1].points, places, lang),
            field=block.fields[weakest],
            field_percent=show_number(field_mean(block, weakest), 1, lang),
        )
    ]
    grades = [agency.grade for agency in ranked if agency.grade]
    if grades:
        shown = [f"{grade} {grades.count(grade)}" for grade in dict.fromkeys(grades)]
        sentences.append(text("report.summary_grades", lang, grades="; ".join(shown)))
    widths = [(agency.rank_high or 0) - (agency.rank_low or 0) + 1 for agency in ranked]
    width = show_number(sum(widths) / len(widths), 0, lang)
    return [*sentences, text("report.summary_ranks", lang, width=width, size=len(ranked))]


def field_mean(block: Findings, field: str) -> float | None:
    """The plain mean of a field's per cents over the agencies that have one."""
    percents = [agency.fields[field] for agency in block.ranked if field in agency.fields]
    return sum(percents) / len(percents) if percents else None


def _names_at(ranked: tuple[RankedAgency, ...], rank: int) -> str:
    return ", ".join(agency.name for agency in ranked if agency.rank == rank)
