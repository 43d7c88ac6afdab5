"""A pose as a small drawing of characters. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

COLUMNS: Final = 36
LINES: Final = 14
SEEN_AT: Final = 0.3

# Landmarks of the BlazePose topology: left and right shoulder, elbow, wrist, hip, knee, ankle; 0 is the nose.
_BONES: Final = (
    (11, 12),
    (23, 24),
    (11, 23),
    (12, 24),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (23, 25),
    (25, 27),
    (24, 26),
    (26, 28),
)
_HEAD: Final = 0


def figure_lines(landmarks: Sequence[tuple[float, float, float]], width: int, height: int) -> list[str]:
    """A stick figure, as seen by the camera.

    Args:
        landmarks: 33 of x, y (fractions of the frame's width and height) and visibility.
        width: of the frame in pixels, for its shape.
        height: likewise.

    Returns:
        At most `LINES` lines of at most `COLUMNS` characters; none where nothing can be seen.
    """
    used = sorted({point for bone in _BONES for point in bone} | {_HEAD})
    seen = [point for point in used if landmarks[point][2] >= SEEN_AT]
    if len(seen) < 3 or width < 1 or height < 1:
        return []
    aspect = width / height
    places = {point: (landmarks[point][0] * aspect, landmarks[point][1]) for point in seen}
    left, top = (min(place[axis] for place in places.values()) for axis in (0, 1))
    size = [max(place[axis] for place in places.values()) - start for axis, start in ((0, left), (1, top))]
    # A character is about twice as high as it is wide.
    unit = max(size[1] / (LINES - 1), size[0] * 2.0 / (COLUMNS - 1), 1e-6)

    def cell(point: int) -> tuple[int, int]:
        x, y = places[point]
        return round((x - left) * 2.0 / unit), round((y - top) / unit)

    drawn: dict[tuple[int, int], str] = {}
    for start, end in _BONES:
        if start in places and end in places:
            _draw_line(drawn, cell(start), cell(end))
    if _HEAD in places:
        drawn[cell(_HEAD)] = "O"
    columns, lines = (max(place[axis] for place in drawn) + 1 for axis in (0, 1)) if drawn else (0, 0)
    return ["".join(drawn.get((x, y), " ") for x in range(columns)).rstrip() for y in range(lines)]


def _draw_line(drawn: dict[tuple[int, int], str], start: tuple[int, int], end: tuple[int, int]) -> None:
    across, down = end[0] - start[0], end[1] - start[1]
    steps = max(abs(across), abs(down), 1)
    if abs(down) * 3 < abs(across):
        stroke = "-"
    elif abs(across) < abs(down) * 0.5:
        stroke = "|"
    else:
        stroke = "\\" if (across > 0) == (down > 0) else "/"
    for step in range(steps + 1):
        place = (start[0] + round(across * step / steps), start[1] + round(down * step / steps))
        drawn.setdefault(place, stroke)
