"""The latent of the piece that plays: mixed by what the body moves, and sent over OSC."""

from __future__ import annotations

from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.control.osc.vector_sender import LATENT, VectorSender
from gesturesynth.core import log
from gesturesynth.mapping.latent.mixing import LatentMixer
from gesturesynth.mapping.latent.setup import LatentSetup
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset


class LatentOutput:
    """Sends the latent to the targets that a preset names. Never blocks, never raises.

    With a voice for each person, each has a latent of its own: that of the second voice goes to the address of the
    target with `/2` behind it, and so on.
    """

    def __init__(self) -> None:
        self._log = log.get()
        self._piece: RunningPreset | None = None
        self._asked: tuple[LatentSetup | None, tuple[OscTarget, ...], int] = (None, (), 0)
        self._mixers: list[LatentMixer] = []
        self._senders: list[list[VectorSender]] = []  # by voice
        self._places: list[int] = []  # of the outputs that say how much of each latent there is
        self._failed = False

    def send(self, piece: RunningPreset, frame: MapperFrame, now_s: float) -> None:
        """Sends the latents of one tick to every target that is due.

        Args:
            piece: what plays.
            frame: the result of the mapping, of the voice that leads.
            now_s: monotonic seconds.
        """
        if piece is not self._piece:
            self._change(piece)
        frames = piece.frames if len(self._senders) > 1 and piece.frames else (frame,)
        for mixer, senders, own in zip(self._mixers, self._senders, frames, strict=False):
            for sender in [sender for sender in senders if sender.is_due(now_s)]:
                sender.send(mixer.mix(own.positions[self._places].tolist()))
                if sender.error and not self._failed:
                    self._failed = True
                    self._log.warning("OSC output lost", reason=sender.error)

    def _change(self, piece: RunningPreset) -> None:
        """Another piece plays; one that asks for the same goes on."""
        self._piece = piece
        setup = piece.preset.latent
        targets = tuple(target for target in piece.preset.osc if target.what == LATENT) if setup else ()
        names = [output.name for output in piece.preset.outputs]
        self._places = [names.index(name) for name in setup.outputs] if setup else []
        if (setup, targets, len(piece.voices)) == self._asked:
            return
        self.close()
        self._asked = (setup, targets, len(piece.voices))
        self._failed = False
        if setup is None or not targets:
            return
        for voice in range(1, len(piece.voices) + 1):
            self._mixers.append(LatentMixer(setup))
            self._senders.append([one for target in targets if (one := self._opened(target.of_voice(voice), setup))])

    def _opened(self, target: OscTarget, setup: LatentSetup) -> VectorSender | None:
        receiver = f"{target.host}:{target.port}{target.address}"
        try:
            sender = VectorSender(target, setup.size, blob=setup.blob)
        except OSError as error:
            self._log.warning("OSC output failed", to=receiver, reason=str(error))
            return None
        self._log.info("OSC output opened", what=target.what, to=receiver, rate_hz=target.rate_hz)
        return sender

    def close(self) -> None:
        """Closes the sockets."""
        for senders in self._senders:
            for sender in senders:
                sender.close()
        self._senders, self._mixers = [], []
