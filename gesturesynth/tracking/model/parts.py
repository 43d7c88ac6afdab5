"""The models of hands and faces: what they are made of, and whether they are whole. `download` fetches them.

Hands: a bundle for MediaPipe's hand landmarker of the palm detector and the `full` landmark model, both unchanged. A
face: the landmark model of MediaPipe's face mesh as it is, which OpenCV runs. All are from the wheel that the pose
model is from, under the Apache License 2.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.tracking.model.bundle import stored_zip

WHEEL_PALMS: Final = "mediapipe/modules/palm_detection/palm_detection_full.tflite"
WHEEL_HANDS: Final = "mediapipe/modules/hand_landmark/hand_landmark_full.tflite"
WHEEL_FACE: Final = "mediapipe/modules/face_landmark/face_landmark.tflite"
WHEEL_SHA256: Final = {
    WHEEL_PALMS: "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    WHEEL_HANDS: "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
    WHEEL_FACE: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
}

HANDS_NAME: Final = "hand_landmarker_full.task"
HANDS_SHA256: Final = "553af62631037a74bdbc8f068cba3d43270af3f3efbdf4eae785f40998e46c1f"
FACE_NAME: Final = "face_landmark.tflite"
FACE_SHA256: Final = WHEEL_SHA256[WHEEL_FACE]

NOTE: Final = f"""\
{HANDS_NAME} was put together by gesturesynth from models of MediaPipe 0.10.21 (The MediaPipe Authors,
Apache License 2.0: see {HANDS_NAME}.LICENSE): palm_detection_full.tflite as hand_detector.tflite, and
hand_landmark_full.tflite as hand_landmarks_detector.tflite, both unchanged.

{FACE_NAME} is from there as well, unchanged.
"""


@dataclass(frozen=True)
class PartModels:
    """Files of models that are whole; None where one is missing or damaged.

    Attributes:
        hands: a bundle for MediaPipe's hand landmarker.
        face: a TensorFlow Lite model of a face's landmarks.
    """

    hands: Path | None
    face: Path | None

    @property
    def complete(self) -> bool:
        """Whether both are there."""
        return self.hands is not None and self.face is not None


def found(folder: Path) -> PartModels:
    """The models in a folder."""
    hands, face = folder / HANDS_NAME, folder / FACE_NAME
    return PartModels(
        hands if has_sha256(hands, HANDS_SHA256) else None, face if has_sha256(face, FACE_SHA256) else None
    )


def files(members: Mapping[str, bytes], licence: bytes) -> dict[str, bytes]:
    """The files that are kept, by name, made of the members of the wheel; the models last."""
    bundle = stored_zip(
        {"hand_detector.tflite": members[WHEEL_PALMS], "hand_landmarks_detector.tflite": members[WHEEL_HANDS]}
    )
    return {
        f"{HANDS_NAME}.LICENSE": licence,
        f"{HANDS_NAME}.NOTICE": NOTE.encode(),
        FACE_NAME: members[WHEEL_FACE],
        HANDS_NAME: bundle,
    }


def has_sha256(file: Path, expected: str) -> bool:
    """Whether a file exists and has this SHA-256, hexadecimal."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == expected
    except OSError:
        return False
