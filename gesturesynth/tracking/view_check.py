"""What keeps a person from being seen well, decided from landmarks, brightness, motion and sharpness. Pure.

A code is shown when it was found for `BEGINS_S` of the last seconds, and until it was not found for `ENDS_S`, so that
it does not flicker, and someone who walks in or out causes none.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body
from gesturesynth.runtime.view_reading import NO_READING, VIEW_SENTENCES, ViewCode, ViewReading
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.second_look.crops import Box, box_of
from gesturesynth.tracking.second_look.motion import Region

EVERY_S: Final = 0.25
BEGINS_S: Final = 2.0
ENDS_S: Final = 2.0
GRID_PX: Final = 8
"""Brightness is that of every 8th pixel in both directions."""
DARK_LEVEL: Final = 32.0
"""Grey level of 255 that 95 of 100 pixels of a picture that is too dark do not reach."""
WHITE_LEVEL: Final = 245.0
WHITE_SHARE: Final = 0.15
"""Of the picture: so much white is a window or a lamp."""
SHADE_LEVEL: Final = 70.0
"""Below this median what moves in front of a window is a shade."""
SMALL_BODY: Final = 0.18
"""Of the picture's height: a body that is smaller is told to come nearer, though it plays."""
SMALL_REGION: Final = 0.3
NEAR_EDGE: Final = 0.02
LEAST_AT_EDGE: Final = 0.08
"""Of the picture's height: what moves at an edge and is taller counts as a person who is cut off."""
MIRRORED: Final[dict[ViewCode, ViewCode]] = {"cut-left": "cut-right", "cut-right": "cut-left"}
UPPER_BODY: Final = (11, 12, 13, 14, 15, 16, 23, 24)
FACE: Final = slice(0, 11)
CUT_LANDMARKS: Final = 4
"""Of the eight of the upper body: so many beyond an edge."""
EDGE_WIDTH: Final = 0.04
"""Of the picture's height: where edges of what moves are softer, it is blurred."""
STUDIED_PX: Final = 480
"""Height to which a frame is scaled before its edges are measured; twice the width, where that is less."""
CONTRAST_LEVELS: Final = 40.0
LEAST_EDGES: Final = 30


class ViewCheck:
    """Looks at frames, and keeps the reading of now.

    Args:
        mirror: whether landmarks are flipped left to right afterwards, so that left is right in what people see.

    Attributes:
        reading: see ViewReading.
    """

    def __init__(self, *, mirror: bool = False) -> None:
        self._mirror = mirror
        self.reading: ViewReading = NO_READING
        self._checked_s = float("-inf")
        self._found: ViewCode = ""
        self._evidence_s: dict[ViewCode, float] = {}
        self._absent_s = 0.0

    def observe(self, image: Image, bodies: tuple[Body, ...], regions: list[Region], time_s: float) -> None:
        """Takes a frame, at most four times a second.

        Args:
            image: uint8 (h, w, 3), in any order of colours.
            bodies: that were found in it.
            regions: what moves in it; counts only where no body was found.
            time_s: seconds that increase.
        """
        passed_s = time_s - self._checked_s
        if 0.0 <= passed_s < EVERY_S:
            return
        self._checked_s = time_s
        found = judge(image, bodies, regions)
        self._note(MIRRORED.get(found, found) if self._mirror else found, min(max(passed_s, 0.0), 2 * EVERY_S))

    def _note(self, found: ViewCode, passed_s: float) -> None:
        for code in {*self._evidence_s, found}:
            before = self._evidence_s.get(code, 0.0)
            change = passed_s if code == found else -passed_s
            self._evidence_s[code] = min(max(before + change, 0.0), BEGINS_S + EVERY_S)
        shown = self.reading.code
        self._absent_s = 0.0 if found == shown else self._absent_s + passed_s
        if found != shown and found and self._evidence_s[found] >= BEGINS_S:
            self._show(found)
        elif shown and self._absent_s >= ENDS_S:
            self._show("")

    def _show(self, code: ViewCode) -> None:
        counts = dict(self.reading.counts)
        if code:
            counts[code] = counts.get(code, 0) + 1
        self._absent_s = 0.0
        self.reading = ViewReading(code, VIEW_SENTENCES[code], counts)


def judge(image: Image, bodies: tuple[Body, ...], regions: list[Region]) -> ViewCode:
    """What is wrong in one frame; an empty code for nothing. Arguments as of `ViewCheck.observe`."""
    if bodies:
        codes = [_body_code(body) for body in bodies]
        code = "" if "" in codes else codes[0]
        # Of a body that is hardly seen, landmarks lie anywhere.
        return "blurred" if code.startswith("cut") and is_blurred(image, _within(box_of(bodies[0]))) else code
    grey = image[::GRID_PX, ::GRID_PX].mean(axis=2)
    if float(np.quantile(grey, 0.95)) < DARK_LEVEL:
        return "dark"
    return _region_code(image, grey, regions[0].box) if regions else ""


def _region_code(image: Image, grey: NDArray[np.floating], box: Box) -> ViewCode:
    """What is wrong where something moves, and no body was found."""
    if np.mean(grey >= WHITE_LEVEL) >= WHITE_SHARE and _median_level(grey, box) < SHADE_LEVEL:
        return "backlit"
    cut = _region_cut(box)
    if cut:
        return cut
    if is_blurred(image, box):
        return "blurred"
    return "small" if box.height < SMALL_REGION else ""


def _body_code(body: Body) -> ViewCode:
    image = body.image_array()
    if not image.any():  # hands alone are seen (`hands_and_face/finder.py`), which is enough for who plays with them
        return ""
    places = image[:, :2]
    upper = places[list(UPPER_BODY)]
    if np.count_nonzero(upper[:, 0] < 0.0) >= CUT_LANDMARKS:
        return "cut-left"
    if np.count_nonzero(upper[:, 0] > 1.0) >= CUT_LANDMARKS:
        return "cut-right"
    if places[FACE, 1].mean() < 0.0:
        return "cut-top"
    if upper[:2, 1].mean() > 1.0 - NEAR_EDGE:
        return "cut-bottom"
    return "small" if box_of(body).height < SMALL_BODY else ""


def _region_cut(box: Box) -> ViewCode:
    """Which edge cuts off what moves there: left or right, else the top."""
    if box.left < NEAR_EDGE and box.right < 0.5 and box.height > LEAST_AT_EDGE:
        return "cut-left"
    if box.right > 1.0 - NEAR_EDGE and box.left > 0.5 and box.height > LEAST_AT_EDGE:
        return "cut-right"
    if box.top < NEAR_EDGE and box.bottom < 1.0 - NEAR_EDGE and box.height > LEAST_AT_EDGE:
        return "cut-top"
    return ""


def _median_level(grey: NDArray[np.floating], box: Box) -> float:
    rows, columns = grey.shape
    part = grey[
        int(box.top * rows) : max(int(box.top * rows) + 1, int(box.bottom * rows)),
        int(box.left * columns) : max(int(box.left * columns) + 1, int(box.right * columns)),
    ]
    return float(np.median(part))


def _within(box: Box) -> Box:
    """The part of a box that lies in the picture."""
    edges = (min(max(edge, 0.0), 1.0) for edge in (box.left, box.top, box.right, box.bottom))
    return Box(*edges)


def is_blurred(image: Image, box: Box) -> bool:
    """Whether the edges inside a box of an image are soft: the contrast across an edge, divided by its slope."""
    cv2 = load_cv2()
    height, width = image.shape[:2]
    part = image[
        int(box.top * height) : max(int(box.top * height) + 2, int(box.bottom * height)),
        int(box.left * width) : max(int(box.left * width) + 2, int(box.right * width)),
    ]
    scale = STUDIED_PX / max(height, width / 2)  # a picture may be a thin strip
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    grey = cv2.GaussianBlur(part.astype(np.float32).mean(axis=2), (0, 0), 1.0)
    return max(_edge_width_px(grey), _edge_width_px(grey.T)) > EDGE_WIDTH * STUDIED_PX


def _edge_width_px(grey: NDArray[np.float32]) -> float:
    """Median width of edges along rows, pixels; 0 where there are too few."""
    cv2 = load_cv2()
    window = np.ones((1, 2 * round(EDGE_WIDTH * STUDIED_PX) + 1), np.uint8)
    grey = np.ascontiguousarray(grey)
    if grey.shape[1] < window.shape[1]:
        return 0.0
    contrast = cv2.dilate(grey, window) - cv2.erode(grey, window)
    slope = cv2.dilate(np.abs(np.gradient(grey, axis=1)).astype(np.float32), window)
    strong = contrast > CONTRAST_LEVELS
    if np.count_nonzero(strong) < LEAST_EDGES:
        return 0.0
    return float(np.median(contrast[strong] / np.maximum(slope[strong], 0.1)))
