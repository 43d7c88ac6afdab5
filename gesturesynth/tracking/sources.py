"""The values of `--source`, and what they mean.

| text                          | means                                                                              |
|-------------------------------|------------------------------------------------------------------------------------|
| auto                          | the first camera; where there is none the demo performer, until a camera appears   |
| demo                          | the demo performer, a skeleton recording shipped with the project                  |
| 0, 1, ...                     | the camera at this place of `gesturesynth cameras`                                 |
| /dev/...                      | this camera; it need not be there yet                                              |
| http:, https:, rtsp:, rtsps:  | a camera on the network                                                            |
| any other text                | a file: a video clip or a skeleton recording                                       |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.tracking_request import MOST_PEOPLE
from gesturesynth.tracking.camera_controls.wish import NOTHING, ControlWish
from gesturesynth.tracking.cameras import Camera, camera_at

Rotation = Literal[0, 90, 180, 270]
"""Degrees clockwise by which the picture is turned before tracking."""

Kind = Literal["camera", "url", "clip", "skeleton"]

SCHEMES: Final = ("http", "https", "rtsp", "rtsps")

ALLOWED: Final = (
    "Allowed are auto, demo, a camera (its /dev/... path or its number in `gesturesynth cameras`), a video file, "
    "a skeleton recording, and an address that begins with http://, https://, rtsp:// or rtsps://."
)

LEAST_ASPECT: Final = 0.25
GREATEST_ASPECT: Final = 4.0
"""Width divided by height of a pixel; values outside are errors. Half D1 in 16:9, the widest in use, has 2.9."""

FindCamera = Callable[[int], Camera | None]


@dataclass(frozen=True)
class SourceSettings:
    """Where frames come from, and how they are read.

    Attributes:
        source: see the head of this file.
        width, height, fps: requested from a camera, pixels and frames a second; it may choose others.
            Width and height are those of the frame before it is rotated.
        mirror: flips the landmarks left to right, after tracking, so that the right hand stays the right hand.
        rotate: degrees clockwise by which the picture is turned before tracking; for a camera on its side.
            Skeletons are not rotated: they were found in the rotated picture.
        loop: clips and skeleton recordings begin again at their end.
        pixel_aspect: width divided by height of a pixel, in the picture before `rotate`; 0 for the value of the stream
            itself. Pictures are scaled by it first, so that pixels are square.
        idle_rate: frames a second that are looked at while no person is in view for long; 0 for all of them.
        controls: exposure and gain of a camera; what was set before is restored when it is closed.
        people: how many persons are followed at most, where a request does not say it.

    Raises:
        UserError: a size, rate, rotation, pixel aspect or number of people outside its range.
    """

    source: str = "auto"
    width: int = 640
    height: int = 480
    fps: float = 30.0
    mirror: bool = False
    rotate: Rotation = 0
    loop: bool = True
    pixel_aspect: float = 0.0
    idle_rate: float = 0.0
    controls: ControlWish = NOTHING
    people: int = 1

    def __post_init__(self) -> None:
        for name, value in (("width", self.width), ("height", self.height)):
            if not 16 <= value <= 16384:
                raise UserError(f"camera {name}: {value} pixels; allowed are 16 to 16384.")
        if not 0.1 <= self.fps <= 1000:
            raise UserError(f"camera fps: {self.fps} frames a second; allowed are 0.1 to 1000.")
        if self.rotate not in get_args(Rotation):
            raise UserError(f"camera rotate: {self.rotate} degrees; allowed are 0, 90, 180 and 270.")
        if not 1 <= self.people <= MOST_PEOPLE:
            raise UserError(f"camera people: {self.people}; allowed are 1 to {MOST_PEOPLE}.")
        if self.pixel_aspect and not LEAST_ASPECT <= self.pixel_aspect <= GREATEST_ASPECT:
            raise UserError(
                f"camera pixel_aspect: {self.pixel_aspect}; allowed are {LEAST_ASPECT:g} to {GREATEST_ASPECT:g}, and 0 "
                "for what the stream says."
            )


@dataclass(frozen=True)
class Source:
    """A source, parsed.

    Attributes:
        kind: of source.
        address: a file, an URL, a device path; for a camera by place the number as a text, which is looked up again
            each time that the camera is opened.
        name: for people; no password in it.
        fallback: whether it is the demo performer because `auto` found no camera.
    """

    kind: Kind
    address: str
    name: str
    fallback: bool = False


def resolve(text: str, find_camera: FindCamera = camera_at) -> Source:
    """Parses the text of a source.

    Args:
        text: see the head of this file.
        find_camera: gives the camera at a place of the list, or None.

    Raises:
        UserError: no such file, or no such kind of source; the message says what is allowed.
    """
    if text == "auto":
        camera = find_camera(0)
        return Source("camera", "0", camera.name) if camera else demo(fallback=True)
    if text == "demo":
        return demo()
    if text.isascii() and text.isdigit():
        camera = find_camera(int(text))
        return Source("camera", text, camera.name if camera else f"camera {text}")
    scheme, separator, _ = text.partition("://")
    if separator:
        return _url(text, scheme.lower())
    path = paths.expanded(text)
    if text.startswith("/dev/") and not path.is_file():
        return Source("camera", text, f"camera {paths.printable(text)}")
    return _file(paths.printable(text), path.absolute())


def demo(*, fallback: bool = False) -> Source:
    """The demo performer as a source; raises UserError when its file is missing."""
    path = paths.demo_performer()
    if not path.is_file():
        raise UserError(f"the demo performer is missing: there is no file {path}. Install Gesture Synth again.")
    return Source("skeleton", str(path), "demo performer", fallback)


def needs_landmarker(source: Source) -> bool:
    """Whether poses have to be found in images: now, or as soon as a camera appears."""
    return source.kind != "skeleton" or source.fallback


def _url(text: str, scheme: str) -> Source:
    if scheme not in SCHEMES:
        raise UserError(f"source '{scheme}://...' is no kind of address that can be read. {ALLOWED}")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UserError(f"the source's address cannot be read: {error}. {ALLOWED}") from None
    if not host:
        raise UserError(f"the source '{scheme}://...' names no computer. {ALLOWED}")
    # What is shown and logged leaves out user, password and query, which may be secret.
    return Source("url", text, f"{scheme}://{host}{f':{port}' if port else ''}{parts.path}")


def _file(text: str, path: Path) -> Source:
    from gesturesynth.tracking.skeleton_file import is_skeleton  # noqa: PLC0415 - only files need it

    try:
        if not path.exists():
            raise UserError(f"source '{text}': there is no such file. {ALLOWED}")
        if not path.is_file():
            raise UserError(f"source '{text}' is not a file. {ALLOWED}")
        with path.open("rb"):
            kind: Kind = "skeleton" if is_skeleton(path) else "clip"
    except OSError as error:
        raise UserError(f"source '{text}' cannot be read: {error.strerror}.") from None
    # The name of a file need not be UTF-8, but what is logged and published is.
    return Source(kind, str(path), paths.printable(path.name))
