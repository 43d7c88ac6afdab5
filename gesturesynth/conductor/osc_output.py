"""What a preset sends to other programs, while it plays."""

from __future__ import annotations

from gesturesynth.control.osc.sender import OscSender, OscTarget
from gesturesynth.core import log
from gesturesynth.mapping.mapper import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Sound


class OscOutput:
    """Sends outputs, as they are heard, and features to whom the preset that plays names. Never blocks, never raises.

    Targets begin anew with another preset, and when a saved one names others.
    """

    def __init__(self) -> None:
        self._log = log.get()
        self._targets: tuple[OscTarget, ...] = ()
        self._senders: dict[OscTarget, OscSender] = {}  # one each, so that each has troubles of its own
        self._lost: set[OscTarget] = set()

    def send(self, piece: RunningPreset, sound: Sound, frame: MapperFrame, now_s: float) -> None:
        """One step: to every target whose turn it is.

        Args:
            piece: what plays.
            sound: what the engine was told.
            frame: the mapping's, of the same step.
            now_s: monotonic seconds.
        """
        if piece.preset.osc != self._targets:
            self._begin(piece.preset.osc)
        if not self._senders:
            return
        names = (output.name for output in piece.preset.outputs)
        outputs = dict(zip(names, sound.values, strict=True))
        features = dict(zip(piece.columns, frame.features.values.tolist(), strict=True))
        for target, sender in self._senders.items():
            sender.send(now_s, outputs, features)
            if sender.error and target not in self._lost:
                self._lost.add(target)
                self._log.warning("values are lost on their way to another program", reason=sender.error)

    def close(self) -> None:
        """Closes the sockets."""
        for sender in self._senders.values():
            sender.close()
        self._senders = {}

    def _begin(self, targets: tuple[OscTarget, ...]) -> None:
        self.close()
        self._targets = targets
        self._lost = set()
        for target in targets:
            receiver = f"{target.host}:{target.port}{target.address}"
            try:
                self._senders[target] = OscSender([target])
            except OSError as error:
                self._log.warning("nothing is sent to another program", to=receiver, reason=str(error))
            else:
                self._log.info("sending", what=target.what, to=receiver, rate_hz=target.rate_hz)
