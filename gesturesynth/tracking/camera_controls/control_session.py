"""Sets exposure and gain of a camera while it is open, and restores what they were.

What they were is written into the runtime folder before anything is set. So after a crash the next opening of the
camera, or the next start of the tracker, restores it first. A camera that is gone meanwhile keeps its entry until it is
back; the runtime folder is gone after a reboot, and so are the settings of a camera whose power was off.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol, Self

import msgspec

from gesturesynth.core import log as logs
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.files import replace_file
from gesturesynth.core.packing import JSON, packed
from gesturesynth.tracking.camera_controls import v4l2
from gesturesynth.tracking.camera_controls.wish import NOTHING, ControlWish

FILE: Final = "camera_controls.json"
LARGEST_FILE: Final = 100_000
NAMES: Final[Mapping[int, str]] = {
    v4l2.EXPOSURE_AUTO: "automatic exposure",
    v4l2.EXPOSURE_ABSOLUTE: "exposure time",
    v4l2.EXPOSURE_AUTO_PRIORITY: "frame rate that exposure may lower",
    v4l2.AUTOGAIN: "automatic gain",
    v4l2.GAIN: "gain",
}
"""The controls that are set here, in the order in which they are set; they are restored in reverse."""
GONE: Final = frozenset({errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.EIO})
OPTIONAL: Final = frozenset({v4l2.AUTOGAIN, v4l2.EXPOSURE_AUTO_PRIORITY})
"""A camera without these is no reason for a sentence: then they are in no way."""


class ControlDevice(Protocol):
    """The part of `v4l2.VideoDevice` that is used here."""

    def control(self, number: int) -> v4l2.Control | None:
        """A control, or None."""
        ...

    def set(self, number: int, value: int) -> int:
        """Sets a control, and returns its value; raises OSError."""
        ...


class SavedValues:
    """The values of controls before they were set, by camera, in one file.

    Args:
        folder: of the tracker, in the runtime folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def cameras(self) -> dict[str, dict[int, int]]:
        """By the path of each camera: number of a control -> value. Empty when the file cannot be read."""
        try:
            if self._file.stat().st_size > LARGEST_FILE:
                return {}
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, dict[int, int]])
        except (OSError, msgspec.MsgspecError):
            return {}

    def put(self, camera: str, values: Mapping[int, int]) -> None:
        """Stores the values of a camera; none removes it. Raises OSError."""
        found = self.cameras()
        found.pop(camera, None)
        if values:
            found[camera] = dict(values)
        if found:
            replace_file(self._file, packed(JSON, found))
        else:
            self._file.unlink(missing_ok=True)


def saved_values() -> SavedValues:
    """Those of this installation; raises GestureSynthError when the folder cannot be made."""
    return SavedValues(paths.private_folder(paths.runtime_dir() / "tracker"))


class ControlSession:
    """Controls of one camera while it streams.

    Args:
        camera: the path of its device file.
        wish: what to set.
        saved: where former values are kept.
    """

    def __init__(self, camera: str, wish: ControlWish, saved: SavedValues) -> None:
        self._camera = camera
        self._saved = saved
        self._set: dict[int, int] = {}
        restore(camera, saved)
        try:
            with v4l2.VideoDevice(camera) as device:
                for sentence in self._apply(device, wish):
                    _warn(camera, sentence)
        except OSError as error:
            _warn(camera, f"the controls of the camera cannot be reached: {error.strerror}")

    @classmethod
    def begin(cls, camera: str, wish: ControlWish) -> Self | None:
        """A session, or None where there is nothing to set, or nowhere to keep what was."""
        if wish == NOTHING:
            return None
        try:
            return cls(camera, wish, saved_values())
        except GestureSynthError as error:
            _warn(camera, f"nothing is set, because it could not be restored after a crash: {error}")
            return None

    def close(self) -> None:
        """Restores what was; a camera that is gone keeps its entry."""
        if self._set:
            self._set.clear()
            restore(self._camera, self._saved)

    def _apply(self, device: ControlDevice, wish: ControlWish) -> Iterator[str]:
        """Sets what is wished; gives a sentence for each thing that is not as wished."""
        values, sentences = planned(device, wish)
        yield from sentences
        before = {number: _value(control) for number, (control, _) in values.items()}
        if not before:
            return
        try:
            self._saved.put(self._camera, before)
        except OSError as error:
            yield f"nothing is set, because it could not be restored after a crash: {error.strerror}"
            return
        self._set = dict(before)
        for number, (_, value) in values.items():
            try:
                now = device.set(number, value)
            except OSError as error:
                if number == v4l2.EXPOSURE_AUTO and wish.auto and _sets(device, v4l2.ALL_AUTO):
                    continue
                yield f"the camera refuses to set its {NAMES[number]} to {_shown(number, value)}: {error.strerror}"
                continue
            if now != value:
                yield f"the camera has set its {NAMES[number]} to {_shown(number, now)} instead"
        logs.get().info("camera controls set", camera=self._camera, **{_key(n): v for n, (_, v) in values.items()})


def _value(control: v4l2.Control) -> int:
    assert control.value is not None, "one without a value was left out"
    return control.value


def _sets(device: ControlDevice, mode: int) -> bool:
    try:
        return device.set(v4l2.EXPOSURE_AUTO, mode) == mode
    except OSError:
        return False


def planned(device: ControlDevice, wish: ControlWish) -> tuple[dict[int, tuple[v4l2.Control, int]], list[str]]:
    """Which controls to set to which values, in order, and sentences about what the camera cannot do."""
    wanted: dict[int, int] = {}
    if wish.auto:
        wanted[v4l2.EXPOSURE_AUTO] = v4l2.APERTURE_PRIORITY
        wanted[v4l2.EXPOSURE_AUTO_PRIORITY] = 0
    elif wish.exposure_s is not None:
        wanted[v4l2.EXPOSURE_AUTO] = v4l2.MANUAL
        wanted[v4l2.EXPOSURE_ABSOLUTE] = max(1, round(wish.exposure_s * v4l2.UNITS_PER_S))
    if wish.gain is not None:
        wanted[v4l2.AUTOGAIN] = 0
        wanted[v4l2.GAIN] = wish.gain
    values: dict[int, tuple[v4l2.Control, int]] = {}
    sentences = []
    for number in NAMES:
        if number not in wanted:
            continue
        control = device.control(number)
        if control is None or control.read_only or control.value is None:
            if number not in OPTIONAL:
                sentences.append(f"the camera has no control for its {NAMES[number]}")
            continue
        value = min(max(wanted[number], control.low), control.high)
        if value != wanted[number] and number in (v4l2.EXPOSURE_ABSOLUTE, v4l2.GAIN):
            low, high = _shown(number, control.low), _shown(number, control.high)
            sentences.append(
                f"the camera's {NAMES[number]} goes from {low} to {high}: {_shown(number, value)} is set instead of "
                f"{_shown(number, wanted[number])}"
            )
        values[number] = (control, value)
    return values, sentences


def restore(camera: str, saved: SavedValues) -> None:
    """Restores the values that are saved for a camera, if any. Never raises."""
    values = saved.cameras().get(camera)
    if not values:
        return
    try:
        with v4l2.VideoDevice(camera) as device:
            for number in reversed(tuple(NAMES)):
                if number in values:
                    _set_back(device, number, values[number])
        saved.put(camera, {})
    except OSError:
        return  # it is gone: at its next opening
    logs.get().info("camera controls restored", camera=camera, **{_key(n): v for n, v in values.items() if n in NAMES})


def _set_back(device: ControlDevice, number: int, value: int) -> None:
    """Sets a former value; a refusal is no error, such as of a time while it is automatic. Raises OSError when gone."""
    try:
        device.set(number, value)
    except OSError as error:
        if error.errno in GONE:
            raise


def restore_all() -> None:
    """Restores what a crash has left set, of every camera that is there. Never raises."""
    try:
        saved = saved_values()
    except GestureSynthError:
        return
    for camera in saved.cameras():
        restore(camera, saved)


def _shown(number: int, value: int) -> str:
    return f"{value / v4l2.UNITS_PER_S * 1000:g} ms" if number == v4l2.EXPOSURE_ABSOLUTE else str(value)


def _key(number: int) -> str:
    return NAMES[number].replace(" ", "_")


def _warn(camera: str, sentence: str) -> None:
    logs.get().warning("camera control not set", camera=camera, message=sentence)
