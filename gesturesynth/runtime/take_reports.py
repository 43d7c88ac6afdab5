"""Reports about takes, for programs that show them: the list, and what one take looks like. Plain values, as JSON."""

from __future__ import annotations

import msgspec


class ListedTake(msgspec.Struct, frozen=True):
    """A take in a list.

    Attributes:
        id: its number.
        target: what it is for: `"1"` to `"9"`, a class or gesture, `(nudge)` and the like; empty where it
            was imported for more than one class, or none.
        made: when, ISO 8601 in UTC.
        length_s: of the part that counts, seconds; 0 for what was imported.
        on: whether it is switched on.
        deleted: marked so; it can be restored.
        trimmed: the part that counts, seconds since its first pose; None for all of it.
    """

    id: int
    target: str
    made: str
    length_s: float
    on: bool = True
    deleted: bool = False
    trimmed: tuple[float, float] | None = None


class TakePage(msgspec.Struct, frozen=True):
    """A page of the list of takes, the newest first.

    Attributes:
        preset: its name.
        stored: how many takes there are, deleted ones included.
        page, pages: which of how many this is, from 1.
        takes: at most `PAGE_TAKES`.
    """

    preset: str
    stored: int
    page: int
    pages: int
    takes: tuple[ListedTake, ...]


class TakeReport(msgspec.Struct, frozen=True):
    """What one take looks like. Without poses (it was imported) all arrays are empty.

    Attributes:
        preset: its name.
        take: its entry in the list.
        poses: how many with a body count in it.
        width, height: of its frames in pixels.
        mean_pose: 33 of x, y and visibility, means over these poses; x and y are fractions of the frame's width and
            height, as `messages.Body.image` has them.
        motion_low, motion_high: 33 of x and y each: between them each landmark was in nine poses of ten.
    """

    preset: str
    take: ListedTake
    poses: int
    width: int = 0
    height: int = 0
    mean_pose: tuple[tuple[float, float, float], ...] = ()
    motion_low: tuple[tuple[float, float], ...] = ()
    motion_high: tuple[tuple[float, float], ...] = ()


class TakePoses(msgspec.Struct, frozen=True):
    """A take, to be played back on a screen without being heard.

    Attributes:
        preset: its name.
        take: its entry in the list.
        stored: how many poses count in it; where there are more than are listed here, every so many is.
        width, height: of its frames in pixels.
        times_s: of each pose, since the first.
        poses: 33 of x, y and visibility each, as in `TakeReport.mean_pose`; empty for a frame without a person.
        outputs: by name, what the model that plays makes of each pose, in the output's unit; None without a person.
            Without a model there are none.
        units: of the outputs.
        confidence: how near each pose is to the examples, 0..1.
    """

    preset: str
    take: ListedTake
    stored: int
    width: int
    height: int
    times_s: tuple[float, ...]
    poses: tuple[tuple[tuple[float, float, float], ...], ...]
    outputs: dict[str, tuple[float | None, ...]] = {}
    units: dict[str, str] = {}
    confidence: tuple[float, ...] = ()
