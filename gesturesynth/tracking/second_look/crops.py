"""Crops of a frame in the frame's own shape, and how a crop is widened to the whole frame around a body. Pure.

The landmarker remembers where the body was as fractions of the picture that it got. So a crop that is followed by a
wider one has to keep the body at nearly the same fractions, or the body is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.opencv import load_cv2

WIDENING: Final = 1.1
"""From one crop to the next. Measured on a dancer of 8 to 15 % of the picture's height: with 1.1 none was lost on the
way, with 1.25 one of eight, with 1.5 all."""
LARGEST_SHIFT: Final = 0.1
"""Of the body's size: by so much it may move inside the crop from one crop to the next."""


@dataclass(frozen=True)
class Crop:
    """A part of a frame that has the frame's shape.

    Attributes:
        left, top: its corner, fractions of the frame's width and height.
        scale: its width and height, likewise; 1 is the whole frame.
    """

    left: float
    top: float
    scale: float

    @property
    def whole(self) -> bool:
        """Whether it is the whole frame."""
        return self.scale >= 1.0

    def cut(self, image: Image) -> Image:
        """The crop of an image of shape (h, w, 3), scaled to the image's size."""
        if self.whole:
            return image
        height, width = image.shape[:2]
        part, _, _ = self.part(image)
        scaled: Image = load_cv2().resize(part, (width, height), interpolation=load_cv2().INTER_LINEAR)
        return scaled

    def part(self, image: Image) -> tuple[Image, int, int]:
        """The crop as it is in the image, no copy, and the place of its upper left corner, pixels: x and y."""
        height, width = image.shape[:2]
        x, y = round(self.left * width), round(self.top * height)
        return image[y : y + max(2, round(self.scale * height)), x : x + max(2, round(self.scale * width))], x, y

    def to_frame(self, body: Body) -> Body:
        """A body that was found in the crop, in fractions of the frame. World landmarks stay as they are."""
        if self.whole:
            return body
        image = body.image_array().copy()
        image[:, 0] = self.left + self.scale * image[:, 0]
        image[:, 1] = self.top + self.scale * image[:, 1]
        image[:, 2] *= self.scale
        return Body.from_arrays(image, body.world_array(), body.person)


WHOLE: Final = Crop(0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Box:
    """A rectangle in fractions of a frame's width and height."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """Fraction of the frame's width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Fraction of the frame's height."""
        return self.bottom - self.top


def box_of(body: Body) -> Box:
    """The box around all landmarks of a body."""
    places = body.image_array()[:, :2]
    low, high = np.min(places, axis=0), np.max(places, axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def around(boxes: Iterable[Box]) -> Box:
    """The box around all of several boxes; at least one."""
    lefts, tops, rights, bottoms = zip(*((one.left, one.top, one.right, one.bottom) for one in boxes), strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def crop_around(box: Box, scale: float) -> Crop:
    """A crop in which the middle of the box lies at the same fractions as in the frame."""
    x, y = box.centre
    x, y = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
    return Crop(x * (1.0 - scale), y * (1.0 - scale), scale)


def widened(crop: Crop, body: Box) -> Crop:
    """The next crop on the way to the whole frame, for a body at this box of the frame."""
    scale = crop.scale * WIDENING
    if scale >= 1.0:
        return WHOLE
    size = max(body.width, body.height)
    shift = LARGEST_SHIFT * size / scale
    corner = []
    for low, centre in zip((crop.left, crop.top), body.centre, strict=True):
        inside = (centre - low) / crop.scale
        inside += min(max(centre - inside, -shift), shift)
        corner.append(min(max(centre - inside * scale, 0.0), 1.0 - scale))
    return Crop(corner[0], corner[1], scale)
