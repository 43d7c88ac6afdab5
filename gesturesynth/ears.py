"""The conductor's ears: everybody who may give it commands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import zmq

from gesturesynth import log
from gesturesynth.bus import ConductorStatus
from gesturesynth.control.osc import OscServer, OscSettings
from gesturesynth.control.wire import WireServer
from gesturesynth.errors import UserError
from gesturesynth.packing import JSON, packed
from gesturesynth.teaching import Teaching

TELL_S: Final = 10.0
"""Between words about OSC messages that were refused or lost."""


class Ears:
    """Everybody who may give commands: the wire of this computer, and OSC where it is wanted.

    Args:
        context: for the wire's socket.
        osc: where to listen for OSC, or None.

    Where OSC cannot be listened to (the port belongs to another program, say), that is said, and all else goes on.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], osc: OscSettings | None) -> None:
        self.wire = WireServer(context)
        self.osc: OscServer | None = None
        self._log = log.get()
        self._told: dict[str, int] = {}
        self._tell_s = -math.inf
        if osc:
            try:
                self.osc = OscServer(osc)
            except UserError as error:
                self._log.warning("no remote control by OSC", reason=str(error))
            else:
                self._log.info("listening to OSC", host=self.osc.host, port=self.osc.port)

    def listen(
        self, teaching: Teaching, now_s: float, state: Callable[[], ConductorStatus], outputs: Mapping[str, float]
    ) -> None:
        """Passes on what has arrived; each command is answered when it is done. Streams to whoever has subscribed.

        Args:
            teaching: does what is asked.
            now_s: monotonic seconds.
            state: gives all there is to know, as of now; called only when somebody wants it.
            outputs: values that are heard now, by name.
        """

        def state_json() -> str:
            return packed(JSON, state()).decode()

        for asked in self.wire.poll():
            if asked.call is None:
                self.wire.answer(asked, ok=True, words="", state_json=state_json())
            else:
                teaching.ask(
                    asked.call,
                    now_s,
                    lambda ok, words, asked=asked: self.wire.answer(asked, ok, words, state_json()),  # type: ignore[misc]
                )
        if self.osc:
            for request in self.osc.poll(now_s):
                reply = partial(self.osc.answer, request)
                teaching.ask(request.call, now_s, reply)
            self.osc.stream(now_s, state_json, outputs)
            self._tell_unusual(self.osc, now_s)

    def _tell_unusual(self, osc: OscServer, now_s: float) -> None:
        """Says what was refused or lost since the last time, at most every `TELL_S`: a flood must not fill a log."""
        if now_s - self._tell_s < TELL_S:
            return
        self._tell_s = now_s
        counts = osc.counts.unusual()
        if counts != self._told:
            news = {name: count - self._told.get(name, 0) for name, count in counts.items()}
            self._log.warning("OSC that nobody could use", **{name: count for name, count in news.items() if count})
            self._told = counts

    def close(self) -> None:
        """Takes the sockets away."""
        self.wire.close()
        if self.osc:
            self.osc.close()
