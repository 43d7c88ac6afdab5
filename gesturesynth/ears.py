"""The conductor's ears: everybody who may give it commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import zmq

from gesturesynth import log
from gesturesynth.bus import ConductorStatus
from gesturesynth.control.osc import OscServer, OscSettings
from gesturesynth.control.wire import WireServer
from gesturesynth.errors import UserError
from gesturesynth.teaching import Teaching


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
        try:
            self.osc = OscServer(osc) if osc else None
        except UserError as error:
            log.get().warning("no remote control by OSC", reason=str(error))

    def listen(self, teaching: Teaching, now_s: float, state: Callable[[], ConductorStatus]) -> None:
        """Passes on what has arrived; each command is answered when it is done."""

        def state_json() -> str:
            return msgspec.json.encode(state()).decode()

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

    def close(self) -> None:
        """Takes the sockets away."""
        self.wire.close()
        if self.osc:
            self.osc.close()
