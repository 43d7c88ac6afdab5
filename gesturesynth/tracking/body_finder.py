"""Finds the bodies in a frame: of one person with MediaPipe, of several with a loop of our own.

With one person everything is as MediaPipe gives it, to the bit. Small persons get a second look in both ways. When
more are asked for while frames come, the networks for several are loaded beside them, in a thread, and take over with
the next frame: the person who is followed is found in it and stays the first. When fewer are asked for, the longest in
view is followed on until the room is empty.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.core import log as logs
from gesturesynth.core.closable import Closable
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.second_look.motion import Region
from gesturesynth.tracking.second_look.search import SecondLook

if TYPE_CHECKING:
    from gesturesynth.tracking.people.follower import PeopleFollower


class BodyFinder(Closable):
    """Finds bodies in the frames of one stream. Use it as a context manager, or call `close()`.

    Args:
        bundle: a pose landmarker bundle, from `model.download.ensure_model`.

    Attributes:
        regions: what moved in the newest frame without a body, see `SecondLook`.

    Raises:
        GestureSynthError: MediaPipe cannot be loaded, or refuses the bundle.
    """

    def __init__(self, bundle: Path) -> None:
        self._problem = ""
        self.regions: list[Region] = []
        self._bundle = bundle
        self._landmarker = SecondLook(Landmarker(bundle))
        self._people = 1
        self._follower: PeopleFollower | None = None
        self._loading: threading.Thread | None = None
        self._followed: Body | None = None

    def find(self, frame_rgb: NDArray[np.uint8], capture_time_s: float, people: int) -> tuple[Body, ...]:
        """The bodies in one frame, the one who has been in view longest first.

        Args:
            frame_rgb: uint8, shape (height, width, 3), red first.
            capture_time_s: see `Landmarker.detect`.
            people: how many are followed at most, from 1 on.

        Raises:
            ValueError: the frame has another shape or type.
            GestureSynthError: the landmarker is closed or failed.
        """
        self._people, self.regions = people, []
        if people > 1:
            self._load_follower()
        follower = self._follower
        if follower and (people > 1 or follower.following):
            bodies = follower.find(frame_rgb, capture_time_s, people, self._followed)
            self._followed = None
            if people > 1:
                self.regions = [] if bodies else follower.regions
                return bodies
            if bodies:  # one person is not told apart from others
                return tuple(msgspec.structs.replace(body, person=0) for body in bodies)
            follower.reset()
        bodies = self._landmarker.detect(frame_rgb, capture_time_s)
        self._followed = bodies[0] if bodies else None
        self.regions = self._landmarker.regions
        return bodies

    @property
    def nearly_found(self) -> bool:
        """Whether a small body was found in a crop, and no pose has it yet: then the next frames count."""
        follower = self._follower if self._people > 1 else None
        return follower.nearly_found if follower else self._landmarker.nearly_found

    @property
    def problem(self) -> str:
        """Why only one person is followed, though more are asked for, as a sentence; else empty."""
        return self._problem if self._people > 1 else ""

    def reset(self) -> None:
        """Forgets whom it follows, for a new clip or source. Takes about a quarter of a second."""
        self._landmarker.reset()
        self._followed = None
        if self._follower:
            self._follower.reset()

    def close(self) -> None:
        """Frees the native landmarker; may be called twice."""
        if self._loading:
            self._loading.join()  # some tenths of a second, and native code is not left half-way
        self._landmarker.close()
        self._follower = None

    def _load_follower(self) -> None:
        """Loads the networks, unless that was tried: at once, or in a thread while a person is followed."""
        if self._follower or self._loading or self._problem:
            return
        if self._followed is None:
            self._load()
            return
        self._loading = threading.Thread(target=self._load, name="networks", daemon=True)
        self._loading.start()

    def _load(self) -> None:
        from gesturesynth.tracking.people.follower import PeopleFollower  # noqa: PLC0415 - where there are several
        from gesturesynth.tracking.people.networks import Networks  # noqa: PLC0415 - as above

        try:
            self._follower = PeopleFollower(Networks(self._bundle))
        except GestureSynthError as error:
            self._problem = str(error)
            logs.get().warning("several persons not followed", message=self._problem)
