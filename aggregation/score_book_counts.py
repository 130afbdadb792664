"""The two sheets at the bottom of a workbook of scores: what each answer is worth, and how often it was given."""

from __future__ import annotations

from fractions import Fraction

from aggregation.plan import Item, Plan
from aggregation.score_book_page import BookPage, address, span
from aggregation.scores import Scores
from aggregation.tables import ScoringTables
from forms.words import text

_FIRST_LEVEL = 4  # columns before the levels: group, question, criterion, weight


class ItemSheet:
    """One line a scored question of a group: its weight, the per cents of its levels, then their labels."""

    def __init__(self, page: BookPage, plan: Plan, tables: ScoringTables, lang: str) -> None:
        self.page, self.plan, self.lang = page, plan, lang
        self.slots = [_slots(item) for item in plan.items]
        self.width = max((len(slots) for slots in self.slots), default=0)
        self.labels = {
            (str(row.group), str(row.question), str(row.option)): str(getattr(row, "label", row.option))
            for row in tables.levels.itertuples(index=False)
        }

    def write(self) -> None:
        """All lines, in the order of the plan's items."""
        levels = [text("book.level", self.lang, n=n) for n in range(1, self.width + 1)]
        names = [text("book.level_name", self.lang, n=n) for n in range(1, self.width + 1)]
        heads = [text(f"book.{name}", self.lang) for name in ("group", "question", "criterion", "weight")]
        self.page.head([*heads, *levels, *names], {})
        for line, (item, slots) in enumerate(zip(self.plan.items, self.slots, strict=True), 1):
            group = self.plan.groups[item.group]
            for place, value in enumerate((group, item.question, self.plan.leaves[item.leaf].code, float(item.weight))):
                self.page.put(line, place, value)
            for place, slot in enumerate(slots, _FIRST_LEVEL):
                self.page.put(line, place, float(item.percents[slot] or 0))
                self.page.put(line, place + self.width, self.labels[group, item.question, item.options[slot]])

    def weight(self, item: int) -> str:
        """Where a question's weight stands."""
        return address(self.page.name, item + 1, 3)

    def percents(self, item: int) -> str:
        """Where the per cents of its levels stand."""
        last = _FIRST_LEVEL + self.width - 1
        return span(self.page.name, item + 1, item + 1, _FIRST_LEVEL, last)


class CountSheet:
    """One line a question of a group and agency: how often each level was chosen, and the mean that follows.

    A level without a per cent is counted apart and is in no mean.
    """

    def __init__(self, page: BookPage, plan: Plan, scores: Scores, items: ItemSheet, lang: str) -> None:
        self.page, self.plan, self.items, self.lang = page, plan, items, lang
        self.lowest = scores.rules.blank == "lowest"
        self.line = 1
        self.places = {
            name: _FIRST_LEVEL + 1 + items.width + at
            for at, name in enumerate(("blank", "other", "valid", "divisor", "mean", "used", "product"))
        }
        self.counts: dict[tuple[str, str, str, str], int] = {}
        for agency, group, question, option, n in scores.counts.itertuples(index=False):
            self.counts[str(agency), str(group), str(question), str(option)] = int(n)
        self._head()

    def _head(self) -> None:
        heads = ("agency", "criterion", "group", "question", "weight")
        levels = [text("book.level_count", self.lang, n=n) for n in range(1, self.items.width + 1)]
        rest = [text(f"book.{name}", self.lang) for name in self.places]
        self.page.head([*(text(f"book.{name}", self.lang) for name in heads), *levels, *rest], {})

    def write_cell(self, agency: str, positions: tuple[int, ...]) -> tuple[int, int]:
        """The lines of one agency, criterion and group; the first and the last."""
        first = self.line
        for position in positions:
            self._write_item(agency, position)
            self.line += 1
        return first, self.line - 1

    def column(self, lines: tuple[int, int], name: str) -> str:
        """The addresses of one column of some lines."""
        return span(self.page.name, *lines, self.places[name])

    def _write_item(self, agency: str, position: int) -> None:
        item, line, row = self.plan.items[position], self.line, self.line + 1
        group = self.plan.groups[item.group]
        for place, value in enumerate((agency, self.plan.leaves[item.leaf].code, group, item.question)):
            self.page.put(line, place, value)
        self.page.formula(line, _FIRST_LEVEL, f"={self.items.weight(position)}", float(item.weight))
        given = [self.counts.get((agency, group, item.question, option), 0) for option in item.options]
        slots = self.items.slots[position]
        for place, slot in enumerate(slots, _FIRST_LEVEL + 1):
            self.page.put(line, place, given[slot])
        blank = self.counts.get((agency, group, item.question, ""), 0)
        self.page.put(line, self.places["blank"], blank)
        self.page.put(line, self.places["other"], sum(given) - sum(given[slot] for slot in slots))
        valid = sum(given[slot] for slot in slots)
        whole = sum(((item.percents[slot] or Fraction(0)) * given[slot] for slot in slots), Fraction(0))
        if self.lowest:
            whole += blank * min(item.percents[slot] or Fraction(0) for slot in slots)
        self._write_mean(position, row, valid, valid + blank * self.lowest, whole)

    def _write_mean(self, position: int, row: int, valid: int, divisor: int, whole: Fraction) -> None:
        line, item = row - 1, self.plan.items[position]
        own = span(self.page.name, line, line, _FIRST_LEVEL + 1, _FIRST_LEVEL + self.items.width).rpartition("!")[2]
        cell = {name: address("", line, place).rpartition("!")[2] for name, place in self.places.items()}
        weight = address("", line, _FIRST_LEVEL).rpartition("!")[2]
        mean = whole / divisor if divisor else None
        lowest = f"+{cell['blank']}*MIN({self.items.percents(position)})" if self.lowest else ""
        extra = f"+{cell['blank']}" if self.lowest else ""
        total = f"(SUMPRODUCT({own},{self.items.percents(position)}){lowest})"
        shown = None if mean is None else float(mean)
        for name, formula, value in (
            ("valid", f"=SUM({own})", valid),
            ("divisor", f"={cell['valid']}{extra}", divisor),
            ("mean", f'=IF({cell["divisor"]}=0,"",{total}/{cell["divisor"]})', shown),
            ("used", f"=IF({cell['divisor']}=0,0,{weight})", float(item.weight) if divisor else 0),
            ("product", f"=IF({cell['divisor']}=0,0,{weight}*{cell['mean']})", float(item.weight * (mean or 0))),
        ):
            self.page.formula(line, self.places[name], formula, value)


def _slots(item: Item) -> tuple[int, ...]:
    """The positions of the levels that have a per cent."""
    return tuple(position for position, percent in enumerate(item.percents) if percent is not None)
