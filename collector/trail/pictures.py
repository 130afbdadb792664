"""Pictures of the marks behind a score, cut out of the originals: every page image is opened once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

from collector.store import Store
from collector.store.trail import CountedPage
from collector.trail.loading import SheetTrail, Trail
from forms.errors import NotFound
from forms.layout import PageLayout
from ocr import evidence
from ocr.files import PageImage
from ocr.reading import Matrix

Report = Callable[[int, int], None]
Pictures = Mapping[tuple[int, str], bytes]  # (sheet's key, question) -> PNG
_PX_PER_MM = 4.0  # enough to see what a mark is; a file of them can still be sent
_Place = tuple[SheetTrail, str, PageLayout, CountedPage]


def cut_pictures(
    store: Store,
    trail: Trail,
    questions: Collection[tuple[str, str]],
    report: Report | None = None,
    *,
    marks_alone: bool = False,
) -> Pictures:
    """The marks of (group, question) pairs, the question with its words; `marks_alone`: its boxes and nothing else.

    Answers without a picture (by phone, typed in, of a page that was never registered, of an original that cannot be
    read any more) are left out.
    """
    places = defaultdict[tuple[str, int], list[_Place]](list)
    for one in trail.sheets:
        for place in _places(trail, one, questions):
            places[place[3].sha256, place[3].image].append(place)
    found: dict[tuple[int, str], bytes] = {}
    for done, ((sha256, image), wanted) in enumerate(sorted(places.items(), key=lambda entry: entry[0]), 1):
        try:
            opened = evidence.load_image(store.scan_path(sha256), image)
        except (NotFound, OSError):
            continue
        for one, question, layout, page in wanted:
            picture = _cut(opened, page.transform, layout, question, trail.row_of(one.sheet), marks_alone)
            if picture is not None:
                found[one.sheet.id, question] = picture
        if report is not None:
            report(done, len(places))
    return found


def _places(trail: Trail, one: SheetTrail, questions: Collection[tuple[str, str]]) -> Iterator[_Place]:
    layout, _ = trail.printed[one.sheet.layout]
    for group, question in questions:
        if group == one.sheet.group and question in one.said:
            page = one.find_page(layout, question, trail.row_of(one.sheet))
            drawn = next((known for known in layout.pages if page and known.page == page.sheet_page), None)
            if page is not None and drawn is not None and page.transform is not None:
                yield one, question, drawn, page


def _cut(
    image: PageImage, transform: Matrix | None, page: PageLayout, question: str, row: str | None, marks_alone: bool
) -> bytes | None:
    if transform is None:
        return None
    try:
        if marks_alone:
            return evidence.crop_marks(image, transform, page, question, row)
        return evidence.crop_question(image, transform, page, question, row, px_per_mm=_PX_PER_MM)
    except NotFound:
        return None
