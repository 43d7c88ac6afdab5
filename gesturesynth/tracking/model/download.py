"""The file of the pose model: fetched once, checked at every start, kept in the cache folder.

MediaPipe's current package ships no model. The genuine weights (BlazePose: a person detector and the `full` landmark
model, Apache-2.0) are inside the wheel of its release 0.10.21. They are taken from there, checked against known SHA-256
sums (the same that Google publishes in mediapipe's third_party/external_files.bzl), and put together as the bundle that
MediaPipe's Tasks API reads: an uncompressed zip of the two models, each aligned to 16 bytes. One change is made: the
landmark model gets the metadata that the Tasks API asks for (`tflite_metadata`); its weights stay as they are.

The same input gives the same bundle, byte for byte, so that one SHA-256 shows whether the cached file is whole.

The same wheel holds the models of hands and faces (`parts.py`). They are put beside the pose model whenever the wheel
is here, because a tracker that runs has no network any more when a preset asks for them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from gesturesynth.core import log as logs
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.tracking_request import TrackingRequest
from gesturesynth.tracking.model import parts
from gesturesynth.tracking.model.bundle import stored_zip
from gesturesynth.tracking.model.tflite_metadata import with_normalisation
from gesturesynth.tracking.model.wheel import Wheel, download

FULL: Final = "full"
"""The model that is fetched; any other value is the path of a bundle."""

DETECTOR: Final = "pose_detector.tflite"
LANDMARKS: Final = "pose_landmarks_detector.tflite"
"""Names inside a bundle, given by the Tasks API."""

WHEEL: Final = Wheel(
    project="mediapipe",
    version="0.10.21",
    sha256="956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5",
    python_version="3.12",
    abi="cp312",
    platform="manylinux_2_28_x86_64",
)
WHEEL_DETECTOR: Final = "mediapipe/modules/pose_detection/pose_detection.tflite"
WHEEL_LANDMARKS: Final = "mediapipe/modules/pose_landmark/pose_landmark_full.tflite"
WHEEL_LICENCE: Final = "mediapipe-0.10.21.dist-info/LICENSE"
WHEEL_SHA256: Final = {
    WHEEL_DETECTOR: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    WHEEL_LANDMARKS: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    WHEEL_LICENCE: "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8",
    **parts.WHEEL_SHA256,
}

BUNDLE_NAME: Final = "pose_landmarker_full.task"
BUNDLE_SHA256: Final = "402ce2b871757f59300fcbcba86e428be7bbbab908f6d11e60707f838a555edb"

FETCHING: Final = "fetching-"
"""Prefix of the name of the folder for a download."""

NOTE: Final = """\
{bundle} was put together by gesturesynth from the pose models of MediaPipe 0.10.21
(The MediaPipe Authors, Apache License 2.0: see {licence}).

pose_detector.tflite is pose_detection.tflite, unchanged.
pose_landmarks_detector.tflite is pose_landmark_full.tflite with metadata added in front of it: input pixels are
normalised with mean 0 and standard deviation 255. Its weights are unchanged.
"""

OWN_BUNDLE_ADVICE: Final = (
    "Connect this computer to the network once, or get pose_landmarker_full.task by Google on another one and pass it "
    "with --model FILE (as a service, `model` in gesturesynth.yaml)."
)

PARTS_ADVICE: Final = (
    "Connect this computer to the network once and run `gesturesynth fetch-model` (for a service, `sudo gesturesynth "
    "install`). Until then everything else plays on without them."
)


def ensure_model(model: str = FULL, *, progress: Callable[[str], None] | None = None) -> Path:
    """The path of a pose landmarker bundle that exists and is whole.

    Args:
        model: `full`, which is fetched at the first call and found in the cache afterwards; or the path of a bundle.
        progress: called with a sentence before anything that takes long. (On a terminal there is a bar as well.)

    Raises:
        UserError: `model` is neither, or the file at that path is no such bundle.
        GestureSynthError: the model cannot be fetched or stored; the message says what was tried and what helps.
    """
    if model != FULL:
        return _own_bundle(paths.expanded(model))
    bundle = paths.cache_dir() / "models" / BUNDLE_NAME
    _ensure(lambda: is_whole(bundle), progress, "pose model", OWN_BUNDLE_ADVICE)
    return bundle


def ensure_parts(*, progress: Callable[[str], None] | None = None) -> parts.PartModels:
    """The models of hands and faces, whole: fetched at the first call, and found in the cache afterwards.

    Args:
        progress: as of `ensure_model`.

    Raises:
        GestureSynthError: they cannot be fetched or stored; the message says what was tried and what helps.
    """
    folder = paths.cache_dir() / "models"
    _ensure(lambda: parts.found(folder).complete, progress, "models of hands and faces", PARTS_ADVICE)
    return parts.found(folder)


def fetch_parts(request: TrackingRequest, *, progress: Callable[[str], None] | None = None) -> None:
    """Fetches the models of hands and faces, if they are asked for.

    Where that fails, a warning is all that comes of it: everything else is found without them.

    Args:
        request: of the preset.
        progress: as of `ensure_model`.
    """
    if not (request.hands or request.face):
        return
    try:
        ensure_parts(progress=progress)
    except GestureSynthError as error:
        logs.get().warning("hand or face model not fetched", message=str(error))


def _ensure(there: Callable[[], bool], progress: Callable[[str], None] | None, what: str, advice: str) -> None:
    if there():
        return
    folder = paths.cache_dir() / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _exclusive(folder / "lock"):
            if not there():  # another process may have fetched it while we waited
                _fetch(folder, progress or (lambda _sentence: None))
    except GestureSynthError as error:
        raise GestureSynthError(f"the {what} cannot be fetched: {error}. {advice}") from error
    except OSError as error:
        raise GestureSynthError(
            f"the {what} cannot be kept in {folder}: {error.strerror or error}. Make the folder writable, or set "
            "GESTURESYNTH_CACHE_DIR to one that is."
        ) from error


State = Literal["whole", "missing", "broken"]


def state(model: str = FULL) -> tuple[Path, State]:
    """The path of a bundle, and its state; nothing is fetched.

    Raises:
        UserError: `model` is neither `full` nor the path of a pose landmarker bundle.
    """
    if model != FULL:
        return _own_bundle(paths.expanded(model)), "whole"
    bundle = paths.cache_dir() / "models" / BUNDLE_NAME
    if not bundle.exists():
        return bundle, "missing"
    return bundle, "whole" if is_whole(bundle) else "broken"


def compose_bundle(detector: bytes, landmarks: bytes) -> bytes:
    """Puts the two raw models together as a bundle that the Tasks API accepts; the same input gives the same bytes."""
    # The detector brings its metadata (mean and std 127.5); the landmark model wants pixels as 0..1.
    return stored_zip({DETECTOR: detector, LANDMARKS: with_normalisation(landmarks, mean=0.0, std=255.0)})


def _own_bundle(path: Path) -> Path:
    allowed = f"Allowed are `{FULL}` and the path of a pose landmarker bundle (.task) by Google."
    if not path.is_file():
        raise UserError(f"there is no model {path}. {allowed}")
    try:
        with zipfile.ZipFile(path) as bundle:
            missing = {DETECTOR, LANDMARKS} - set(bundle.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise UserError(f"{path} cannot be read as a model bundle: {error}. {allowed}") from error
    if missing:
        raise UserError(f"{path} is no pose landmarker bundle: {' and '.join(sorted(missing))} is not in it. {allowed}")
    return path


def is_whole(bundle: Path) -> bool:
    """Whether a file exists and is the bundle that `ensure_model` makes."""
    return parts.has_sha256(bundle, BUNDLE_SHA256)


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    """A context for one process at a time; the others wait, and then find the bundle."""
    import fcntl  # noqa: PLC0415  # only Unix has it, and only a first start needs it

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path, progress: Callable[[str], None]) -> None:
    """Makes the bundle, its licence and its note in `folder`; the bundle last."""
    progress("fetching the models of poses, hands and faces (36 MB, only this once)")
    for leftover in folder.glob(f"{FETCHING}*"):  # of a process that was killed: this one holds the lock
        shutil.rmtree(leftover, ignore_errors=True)
    # Beside the target, so that it can be renamed into place; in a folder of its own, which is deleted at the end.
    with tempfile.TemporaryDirectory(prefix=FETCHING, dir=folder) as name:
        models = _verified_members(download(WHEEL, Path(name)))
        licence = folder / f"{BUNDLE_NAME}.LICENSE"
        note = NOTE.format(bundle=BUNDLE_NAME, licence=licence.name)
        bundle = compose_bundle(models[WHEEL_DETECTOR], models[WHEEL_LANDMARKS])
        for target, content in (
            *((folder / file, content) for file, content in parts.files(models, models[WHEEL_LICENCE]).items()),
            (licence, models[WHEEL_LICENCE]),
            (folder / f"{BUNDLE_NAME}.NOTICE", note.encode()),
            (folder / BUNDLE_NAME, bundle),  # last: when it is there, everything is
        ):
            _put(content, Path(name) / target.name, target)
    progress(f"the pose model is in {folder / BUNDLE_NAME}")


def _verified_members(wheel: Path) -> dict[str, bytes]:
    contents = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, expected in WHEEL_SHA256.items():
                contents[name] = archive.read(name)
                if hashlib.sha256(contents[name]).hexdigest() != expected:
                    raise GestureSynthError(f"{name} in {wheel.name} is not the file it should be")
    except (zipfile.BadZipFile, KeyError) as error:
        raise GestureSynthError(f"{wheel.name} does not hold the models: {error}") from error
    return contents


def _put(content: bytes, temporary: Path, target: Path) -> None:
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(0o644)
    temporary.replace(target)
