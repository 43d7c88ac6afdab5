"""OSC output: outputs and features that a preset sends to other programs while it plays."""

from __future__ import annotations

from gesturesynth.control.osc.sender import OscSender, OscTarget
from gesturesynth.core import log
from gesturesynth.mapping.class_probabilities import probability_readings
from gesturesynth.mapping.driven_outputs import gesture_readings
from gesturesynth.mapping.gestures.spotter import NOWHERE
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset


class OscOutput:
    """Sends outputs and features to the targets that the preset names. Never blocks, never raises.

    The sockets are opened again with another preset, and when a saved preset names other targets.
    """

    def __init__(self) -> None:
        self._log = log.get()
        self._targets: tuple[OscTarget, ...] = ()
        self._senders: dict[OscTarget, OscSender] = {}  # one each, so that one that fails does not affect the others
        self._failed: set[OscTarget] = set()

    def send(self, piece: RunningPreset, frame: MapperFrame, now_s: float) -> None:
        """Sends the values of one tick to every target that is due.

        Args:
            piece: what plays.
            frame: the result of the mapping.
            now_s: monotonic seconds.
        """
        if piece.preset.osc != self._targets:
            self._open(piece.preset.osc)
        if not self._senders:
            return
        names = (output.name for output in piece.preset.outputs)
        outputs = dict(zip(names, frame.values.tolist(), strict=True))
        features = dict(zip(piece.columns, frame.features.values.tolist(), strict=True))
        gestures = gesture_readings({name: frame.gestures.get(name, NOWHERE) for name in piece.performed})
        gestures |= {f"{name}.performed": float(count) for name, count in piece.performed.items()}
        classes = {name: frame.probabilities.get(name, 0.0) for name in piece.preset.classes}
        for target, sender in self._senders.items():
            sender.send(now_s, outputs, features, gestures, probability_readings(classes))
            if sender.error and target not in self._failed:
                self._failed.add(target)
                self._log.warning("OSC output lost", reason=sender.error)

    def close(self) -> None:
        """Closes the sockets."""
        for sender in self._senders.values():
            sender.close()
        self._senders = {}

    def _open(self, targets: tuple[OscTarget, ...]) -> None:
        self.close()
        self._targets = targets
        self._failed = set()
        for target in targets:
            receiver = f"{target.host}:{target.port}{target.address}"
            try:
                self._senders[target] = OscSender([target])
            except OSError as error:
                self._log.warning("OSC output failed", to=receiver, reason=str(error))
            else:
                self._log.info("OSC output opened", what=target.what, to=receiver, rate_hz=target.rate_hz)
