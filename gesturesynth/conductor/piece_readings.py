"""What subscribers over OSC can be told about the bodies at a tick; computed when it is asked for, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gesturesynth.control.osc.body_readings import Joints, PersonReadings
from gesturesynth.features.computed.definition import label
from gesturesynth.features.people.role_names import ORDINALS
from gesturesynth.features.people.roles import numbered
from gesturesynth.mapping.gestures.spotter import NOWHERE
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.body_points import SIDES, hand_points
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.runtime.played_numbers import VoiceNumbers


@dataclass(frozen=True)
class PieceReadings:
    """The `BodyReadings` of one tick of a piece.

    Attributes:
        piece: what plays; it must not have gone on to the next tick when something is read for the first time.
        pose: the newest one; None before the first.
        time_s: of the tick, monotonic seconds.
    """

    piece: RunningPreset
    pose: Pose | None
    time_s: float

    @classmethod
    def of(cls, piece: RunningPreset, pose: Pose | None, time_s: float, before: PieceReadings | None) -> PieceReadings:
        """The readings of a tick, which has a new pose or None, after those of the tick before."""
        return cls(piece, pose or (before.pose if before else None), time_s)

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """See `BodyReadings`."""
        names = tuple(map(label, self.piece.columns))
        others = range(2, len(self.piece.frames or ()) + 1)
        return names + tuple(f"{voice}/{name}" for voice in others for name in names)

    @cached_property
    def features(self) -> NDArray[np.float64]:
        """See `BodyReadings`: as outputs see them, carried forward where the piece does so."""
        return np.concatenate([np.zeros(0), *(frame.features.predicted for frame in self.piece.frames or ())])

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """See `BodyReadings`."""
        return np.concatenate([np.zeros(0, np.bool_), *(frame.features.seen for frame in self.piece.frames or ())])

    @property
    def present(self) -> bool:
        """See `BodyReadings`."""
        return any(frame.present for frame in self.piece.frames or ())

    @property
    def in_view(self) -> int:
        """See `BodyReadings`."""
        return len(self.piece.people.in_view)

    @property
    def frame_size(self) -> tuple[int, int]:
        """See `BodyReadings`."""
        return (self.pose.width, self.pose.height) if self.pose else (0, 0)

    @cached_property
    def people(self) -> Sequence[PersonReadings]:
        """See `BodyReadings`."""
        people = self.piece.people
        bodies = dict(numbered(self.pose.bodies)) if self.pose else {}
        several = len(self.piece.voices) > 1
        voices = {self.piece.place(voice).person: voice + 1 for voice in range(len(self.piece.voices))}
        in_view = set(people.in_view)
        return [
            PersonReadings(
                max(0, person),
                voices.get(person, 0) if several else int(place == 0),
                _joints(bodies[person]) if person in in_view and person in bodies else {},
            )
            for place, person in enumerate(people.here[: len(ORDINALS)])
        ]

    @cached_property
    def voices(self) -> Sequence[VoiceNumbers]:
        """See `BodyReadings`."""
        classes = self.piece.preset.classes
        return [
            VoiceNumbers(
                frame.recognised,
                float(frame.confidence),
                {name: frame.probabilities.get(name, 0.0) for name in classes},
                dict(voice.entered),
                {name: frame.gestures.get(name, NOWHERE) for name in voice.performed},
                dict(voice.performed),
            )
            for voice, frame in zip(self.piece.voices, self.piece.frames or (), strict=False)
        ]


def _joints(body: Body) -> dict[str, Joints]:
    joints: dict[str, Joints] = {"landmarks": body.image_array().ravel(), "world": body.world_array().ravel()}
    for side in SIDES:
        hand = hand_points(body, side)
        if hand is not None:
            joints[f"{side}_hand"] = hand.ravel()
    return joints
