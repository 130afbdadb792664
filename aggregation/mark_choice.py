"""Which pictures of marks may be shown beside their counts, and in which order, so that nobody learns who said what.

Counts by level stand beside the pictures, so what has no picture (answers by phone) can be counted by subtraction. The
agency may know who answered by phone: as few as must not be shown alone are then mixed with pictures held back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_SALT = b"phieu explain\n"  # public: it only makes an order that nobody chose


@dataclass(frozen=True)
class Mark:
    """One answer: the level as it was counted ("" for a blank), and its picture, None where there is none."""

    level: str
    picture: bytes | None


def choose_marks(marks: Collection[Mark], smallest: int, most: int | None = None) -> tuple[Mark, ...]:
    """The marks whose pictures are shown, at most so many, in the order of the hashes of their pictures.

    Of answers without a picture there are none, or `smallest` at least together with pictures that are held back; the
    number held back hangs on numbers alone, never on what was said. None are shown where those shown, or those not
    shown, are fewer than `smallest` or all alike.
    """
    seen = sorted((mark for mark in marks if mark.picture is not None), key=_place)
    unseen = [mark for mark in marks if mark.picture is None]
    if unseen:
        keep = max(0, len(seen) - max(0, smallest - len(unseen)))
        seen, unseen = seen[:keep], [*unseen, *seen[keep:]]
    if not _may_stand(seen, smallest) or (unseen and not _may_stand(unseen, smallest)):
        return ()
    return tuple(seen[:most])


def _may_stand(marks: Sequence[Mark], smallest: int) -> bool:
    if not smallest:
        return bool(marks)
    return len(marks) >= smallest and len({mark.level for mark in marks}) > 1


def _place(mark: Mark) -> bytes:
    return hashlib.sha256(_SALT + (mark.picture or b"")).digest()
