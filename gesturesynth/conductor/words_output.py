"""The words of the piece that plays: made at each tick, and sent to the page and over OSC."""

from __future__ import annotations

import secrets

import zmq

from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.control.osc.text_sender import WORDS, TextSender
from gesturesynth.core import log
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.pubsub import OnDemandPublisher
from gesturesynth.runtime.words_message import WordsMessage
from gesturesynth.words.player import Moment, ShownLine, WordsPlayer

AGAIN_S = 0.25
"""While somebody receives lines, the newest one is sent again after so long: a browser may have come meanwhile."""


class WordsOutput:
    """Makes lines and sends them. Never blocks; a line takes a fraction of a millisecond (docs/words.md).

    Args:
        context: for the socket.

    Attributes:
        shown: the newest line.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._publisher = OnDemandPublisher(context, WordsMessage)
        self._log = log.get()
        self._piece: RunningPreset | None = None
        self._player: WordsPlayer | None = None
        self.shown = ShownLine()
        self._targets: tuple[OscTarget, ...] = ()
        self._senders: list[TextSender] = []
        self._failed = False
        self._due_s = 0.0

    def send(self, piece: RunningPreset, frame: MapperFrame, now_s: float) -> None:
        """One tick.

        Args:
            piece: what plays.
            frame: of the voice that leads.
            now_s: monotonic seconds.
        """
        before = self.shown.number
        if piece is not self._piece:
            self._change(piece)
        if self._player and self._player.advance(_moment(piece, frame, now_s)):
            self.shown = self._player.shown
        if self.shown.number != before:
            self._send_lines()
            self._due_s = now_s
        if now_s >= self._due_s and self._publisher.wanted:
            self._due_s = now_s + AGAIN_S
            self._publisher.send(self._message(piece, now_s))

    def _change(self, piece: RunningPreset) -> None:
        """Another piece plays: its words begin; a file that was saved again with the same words goes on."""
        former, self._piece = self._piece, piece
        words = piece.preset.words
        self._open(tuple(target for target in piece.preset.osc if target.what == WORDS))
        if former and former.preset.path == piece.preset.path and former.preset.words == words:
            return
        if words is None and self.shown.text:
            self.shown = ShownLine(number=self.shown.number + 1)
        self._player = WordsPlayer(words, secrets.randbits(31), self.shown) if words else None

    def _message(self, piece: RunningPreset, now_s: float) -> WordsMessage:
        words, shown = piece.preset.words, self.shown
        fade_s = words.fade_s if words else 0.0
        return WordsMessage(now_s, piece.preset.name, words is not None, shown.text, shown.number, shown.cause, fade_s)

    def _send_lines(self) -> None:
        for sender in self._senders:
            sender.send(self.shown.text, self.shown.number, self.shown.cause)
            if sender.error and not self._failed:
                self._failed = True
                self._log.warning("OSC output lost", reason=sender.error)

    def _open(self, targets: tuple[OscTarget, ...]) -> None:
        if targets == self._targets:
            return
        self._close_senders()
        self._targets, self._failed = targets, False
        for target in targets:
            receiver = f"{target.host}:{target.port}{target.address}"
            try:
                self._senders.append(TextSender(target))
            except OSError as error:
                self._log.warning("OSC output failed", to=receiver, reason=str(error))
            else:
                self._log.info("OSC output opened", what=target.what, to=receiver)

    def _close_senders(self) -> None:
        for sender in self._senders:
            sender.close()
        self._senders = []

    def close(self) -> None:
        """Closes the sockets."""
        self._close_senders()
        self._publisher.close()


def _moment(piece: RunningPreset, frame: MapperFrame, now_s: float) -> Moment:
    """What the words are about at this tick: events of all voices, and what the one that leads does."""
    frames = piece.frames or (frame,)
    outputs = zip((output.name for output in piece.preset.outputs), frame.positions.tolist(), strict=True)
    return Moment(
        now_s,
        any(one.present for one in frames),
        entered=[name for one in frames for name in one.fired],
        performed=[event.name for one in frames for event in one.performed],
        holding=frame.recognised,
        scene=piece.scene_name,
        readings=dict(outputs) | dict(piece.voices[piece.lead].source_readings) if frame.present else {},
    )
