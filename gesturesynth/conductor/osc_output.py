"""OSC output: outputs and features that a preset sends to other programs while it plays."""

from __future__ import annotations

from typing import Final

from gesturesynth.config.preset.check_osc import BODY_VALUES
from gesturesynth.control.osc.sender import (
    BODY,
    CLASSES,
    LANDMARKS,
    NO_BODY,
    NOTHING,
    OUTPUTS,
    PEOPLE,
    OscSender,
    OscTarget,
)
from gesturesynth.control.osc.text_sender import WORDS
from gesturesynth.control.osc.vector_sender import LATENT
from gesturesynth.core import log
from gesturesynth.features.computed.definition import label
from gesturesynth.features.landmarks import LANDMARKS as NAMES
from gesturesynth.features.people.readings import persons_by_role
from gesturesynth.mapping.class_probabilities import probability_readings
from gesturesynth.mapping.driven_outputs import gesture_readings
from gesturesynth.mapping.gestures.spotter import NOWHERE
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset

_WITH_BODY: Final = frozenset((*BODY, *BODY_VALUES))
_JOINTS: Final = tuple(f"{name}.{part}" for name in NAMES for part in ("x", "y", "z", "visibility"))


class OscOutput:
    """Sends outputs and features to the targets that the preset names. Never blocks, never raises.

    The sockets are opened again with another preset, and when a saved preset names other targets. With a voice for each
    person, the values of the second voice go to the address of the target with `/2` behind it, and so on.
    """

    def __init__(self) -> None:
        self._log = log.get()
        self._targets: tuple[OscTarget, ...] = ()
        self._voices = 0
        # One each, so that one that fails does not affect the others; and one for each voice.
        self._senders: dict[OscTarget, list[OscSender]] = {}
        self._failed: set[OscTarget] = set()

    def send(
        self, piece: RunningPreset, frame: MapperFrame, now_s: float, *, fresh: bool = True, running: bool = True
    ) -> None:
        """Sends the values of one tick to every target that is due.

        Args:
            piece: what plays.
            frame: the result of the mapping, of the voice that leads.
            now_s: monotonic seconds.
            fresh: whether there was a new frame.
            running: whether the program that gets outputs as those of Wekinator gets them now.
        """
        all_at_once = (piece.preset.wekinator,) if piece.preset.wekinator else ()
        targets = (*all_at_once, *filter(_is_numbers, piece.preset.osc))
        if (targets, len(piece.voices)) != (self._targets, self._voices):
            self._open(targets, len(piece.voices))
        if not self._senders:
            return
        if len(piece.voices) == 1 and all(target.what == OUTPUTS for target in self._senders):
            self._send_outputs(piece, frame, now_s, fresh=fresh, running=running)
            return
        persons = persons_by_role(piece.people)
        frames = piece.frames if len(piece.voices) > 1 and piece.frames else (frame,)
        for voice, (played, own) in enumerate(zip(piece.voices, frames, strict=False)):
            names = (output.name for output in piece.preset.outputs)
            outputs = dict(zip(names, own.values.tolist(), strict=True))
            features = dict(zip(map(label, piece.columns), own.features.predicted.tolist(), strict=True))
            gestures = gesture_readings({name: own.gestures.get(name, NOWHERE) for name in played.performed})
            gestures |= {f"{name}.performed": float(count) for name, count in played.performed.items()}
            classes = {name: own.probabilities.get(name, 0.0) for name in piece.preset.classes}
            for target, senders in self._senders.items():
                if target.at_once and not running:
                    continue
                readings = probability_readings(classes)
                body = _body(piece, voice, own) if target.what in _WITH_BODY else NO_BODY
                senders[voice].send(
                    now_s, outputs, features, gestures, readings, persons=persons, body=body, fresh=fresh
                )
                self._log_lost(target, senders[voice])

    def _send_outputs(
        self, piece: RunningPreset, frame: MapperFrame, now_s: float, *, fresh: bool, running: bool
    ) -> None:
        """The short way where nothing but outputs is sent: there may be thousands of messages a second to answer."""
        outputs = dict(zip((output.name for output in piece.preset.outputs), frame.values.tolist(), strict=True))
        for target, (sender, *_) in self._senders.items():
            if running or not target.at_once:
                sender.send(now_s, outputs, NOTHING, fresh=fresh)
                self._log_lost(target, sender)

    def _log_lost(self, target: OscTarget, sender: OscSender) -> None:
        if sender.error and target not in self._failed:
            self._failed.add(target)
            self._log.warning("OSC output lost", reason=sender.error)

    def close(self) -> None:
        """Closes the sockets."""
        for senders in self._senders.values():
            for sender in senders:
                sender.close()
        self._senders = {}

    def _open(self, targets: tuple[OscTarget, ...], voices: int) -> None:
        self.close()
        self._targets, self._voices = targets, voices
        self._failed = set()
        for target in targets:
            receiver = f"{target.host}:{target.port}{target.address}"
            try:
                self._senders[target] = [OscSender([target.of_voice(voice)]) for voice in range(1, voices + 1)]
            except OSError as error:
                self._log.warning("OSC output failed", to=receiver, reason=str(error))
            else:
                self._log.info(
                    "OSC output opened", what=target.what, to=receiver, rate_hz=0 if target.at_once else target.rate_hz
                )


def _is_numbers(target: OscTarget) -> bool:
    """Whether a target gets numbers by name, and not lines of text or a vector."""
    return target.what not in (WORDS, LATENT)


def _body(piece: RunningPreset, voice: int, own: MapperFrame) -> dict[str, dict[str, float]]:
    """What is sent of the body that plays a voice, from 0; of all people, their number."""
    people = piece.people if len(piece.voices) == 1 else piece.people.of_person(piece.place(voice).person)
    classes = (*piece.preset.classes,)
    image = people.image
    joints = [] if image is None else image[: len(NAMES)].ravel().tolist()
    return {
        PEOPLE: {"present": float(own.present), "number_of_people": float(len(piece.people.in_view))},
        CLASSES: {"class": classes.index(own.recognised) + 1.0 if own.recognised in classes else 0.0},
        LANDMARKS: dict(zip(_JOINTS, joints, strict=bool(joints))),
    }
