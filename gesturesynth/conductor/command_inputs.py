"""The conductor's ears: everybody who may give it commands."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import zmq

from gesturesynth.conductor.background_jobs import unheard
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.control import command_socket
from gesturesynth.control.command_socket import CommandServer
from gesturesynth.control.newest_volume import NewestVolume
from gesturesynth.control.osc.server import OscServer, OscSettings
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.runtime.messages import ConductorStatus

TELL_S: Final = 10.0
"""Between words about OSC messages that were refused or lost."""


class CommandInputs:
    """Everybody who may give commands: the wire of this computer, and OSC where it is wanted.

    Args:
        context: for the wire's socket.
        osc: where to listen for OSC, or None.
        clock: monotonic seconds.

    Where OSC cannot be listened to (the port belongs to another program, say), that is said, and all else goes on.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        osc: OscSettings | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.command_server = CommandServer(context)
        self._clock = clock
        self.osc: OscServer | None = None
        self._log = log.get()
        self._told: dict[str, int] = {}
        self._tell_s = -math.inf
        self._refusal = ""
        if osc:
            try:
                self.osc = OscServer(osc)
            except UserError as error:
                self._log.warning("no remote control by OSC", reason=str(error))
            else:
                self._log.info("listening to OSC", host=self.osc.host, port=self.osc.port)

    @property
    def waiting(self) -> bool:
        """Whether something waits that no socket tells of."""
        return self.osc is not None and self.osc.waiting > 0

    def poll(
        self,
        controller: SessionController,
        now_s: float,
        state: Callable[[], ConductorStatus],
        outputs: Mapping[str, float],
        *,
        for_s: float = math.inf,
    ) -> None:
        """Passes on what has arrived; each command is answered when it is done. Streams to whoever has subscribed.

        The wire and OSC take turns, and so do those who send OSC. What there is no time for waits for the next call.

        Args:
            controller: carries commands out.
            now_s: monotonic seconds.
            state: gives all there is to know, as of now; called only when somebody wants it.
            outputs: values that are heard now, by name.
            for_s: no command is begun later than so many seconds from now; one of each wire is taken in any case.
        """

        def state_json() -> str:
            return packed(JSON, state()).decode()

        until_s = self._clock() + for_s
        newest = NewestVolume(lambda call, reply, outcome: controller.submit(call, now_s, reply, outcome or unheard))
        while self._hear_wire(newest, state_json) | self._hear_osc(newest, now_s):
            if self._clock() >= until_s:
                break
        newest.flush()
        if self.osc:
            self.osc.stream(now_s, state_json, outputs)
            self._tell_unusual(self.osc, now_s)

    def _hear_wire(self, newest: NewestVolume, state_json: Callable[[], str]) -> bool:
        """One request of the wire; whether there was one."""
        requested = self.command_server.poll(1)
        for one in requested:
            if one.call is None:
                newest.flush()
                self.command_server.answer(one, ok=True, text="", state_json=state_json())
                continue

            def reply(ok: bool, text: str, one: command_socket.PendingRequest = one) -> None:  # noqa: FBT001 - a Reply
                self.command_server.answer(one, ok, text, state_json())

            def outcome(ok: bool, message: str, one: command_socket.PendingRequest = one) -> None:  # noqa: FBT001 - a Reply
                self.command_server.finished(one, ok, message, state_json())

            newest.submit(one.sender, one.call, reply, outcome if one.wait else None)
        return bool(requested)

    def _hear_osc(self, newest: NewestVolume, now_s: float) -> bool:
        """One datagram of OSC; whether there was one."""
        if self.osc is None:
            return False
        before = self.osc.protocol.messages
        for request in self.osc.poll(now_s, 1):
            newest.submit(
                request.sender, request.call, partial(self.osc.answer, request), partial(self.osc.finished, request)
            )
        return self.osc.waiting > 0 or self.osc.protocol.messages > before

    def _tell_unusual(self, osc: OscServer, now_s: float) -> None:
        """Says what was refused or lost since the last time, at most every `TELL_S`: a flood must not fill a log."""
        if now_s - self._tell_s < TELL_S:
            return
        self._tell_s = now_s
        counts = osc.counts.unusual()
        if counts != self._told:
            event = {name: count - self._told.get(name, 0) for name, count in counts.items()}
            facts: dict[str, int | str] = {name: count for name, count in event.items() if count}
            if osc.protocol.refusal and osc.protocol.refusal != self._refusal:
                self._refusal = facts["newest"] = osc.protocol.refusal
            self._log.warning("OSC that nobody could use", **facts)
            self._told = counts

    def close(self) -> None:
        """Takes the sockets away."""
        self.command_server.close()
        if self.osc:
            self.osc.close()
