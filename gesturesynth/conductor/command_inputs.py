"""Where commands come from: the command socket of this computer and, where it is enabled, OSC."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import zmq

from gesturesynth.conductor.background_jobs import ignore_reply
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.control import command_socket
from gesturesynth.control.command_socket import CommandServer
from gesturesynth.control.newest_volume import NewestVolume
from gesturesynth.control.osc.body_readings import BodyReadings
from gesturesynth.control.osc.server import OscServer, OscSettings
from gesturesynth.control.requests import REQUESTS
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.core.packing import JSON, packed
from gesturesynth.runtime.messages import ConductorStatus

LOG_PERIOD_S: Final = 10.0
"""Between log lines about OSC messages that were refused or lost."""


class CommandInputs:
    """The command socket and the OSC server, polled in turn.

    Args:
        context: for the command socket.
        osc: address and port of the OSC server, or None.
        clock: monotonic seconds.

    Where the OSC port cannot be opened (it belongs to another program, say), a warning is logged, and the command
    socket works alone.
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
        self._logged_counts: dict[str, int] = {}
        self._logged_s = -math.inf
        self._refusal = ""
        if osc:
            try:
                self.osc = OscServer(osc)
            except UserError as error:
                self._log.warning("OSC input failed", reason=str(error))
            else:
                self._log.info("OSC input opened", host=self.osc.host, port=self.osc.port)

    @property
    def waiting(self) -> bool:
        """Whether OSC messages wait that were received already, so that no socket shows them."""
        return self.osc is not None and self.osc.waiting > 0

    def poll(
        self,
        controller: SessionController,
        now_s: float,
        state: Callable[[], ConductorStatus],
        outputs: Mapping[str, float],
        readings: BodyReadings | None = None,
        *,
        for_s: float = math.inf,
    ) -> None:
        """Passes on the commands that have arrived, and sends the OSC streams. A command is answered when it is done.

        Command socket and OSC take turns, and so do the senders of OSC. What there is no time for waits for the next
        call.

        Args:
            controller: carries commands out.
            now_s: monotonic seconds.
            state: gives the status as of now; called only when it is requested.
            outputs: the values that sound now, by name.
            readings: about the bodies of the newest tick; None before the first.
            for_s: no command is begun later than so many seconds from now; one of each input is taken in any case.
        """

        def state_json() -> str:
            return packed(JSON, state()).decode()

        until_s = self._clock() + for_s
        newest = NewestVolume(
            lambda call, reply, outcome: controller.submit(call, now_s, reply, outcome or ignore_reply)
        )
        while self._poll_socket(newest, controller, state_json) | self._poll_osc(newest, controller, now_s):
            if self._clock() >= until_s:
                break
        newest.flush()
        if self.osc:
            self.osc.stream(now_s, state_json, outputs, readings)
            self._log_unusual_counts(self.osc, now_s)

    def _poll_socket(self, newest: NewestVolume, controller: SessionController, state_json: Callable[[], str]) -> bool:
        """One request from the command socket; whether there was one."""
        requests = self.command_server.poll(1)
        for one in requests:
            if one.call is None:
                newest.flush()
                self.command_server.answer(one, ok=True, text="", state_json=state_json())
                continue

            if one.call.command in REQUESTS:
                newest.flush()
                controller.requests.answer(one.call, partial(self.command_server.report, one))
                continue

            def reply(ok: bool, text: str, one: command_socket.PendingRequest = one) -> None:  # noqa: FBT001 - a ReplyCallback
                self.command_server.answer(one, ok, text, state_json())

            def outcome(ok: bool, message: str, one: command_socket.PendingRequest = one) -> None:  # noqa: FBT001 - a ReplyCallback
                self.command_server.finished(one, ok, message, state_json())

            newest.submit(one.sender, one.call, reply, outcome if one.wait else None)
        return bool(requests)

    def _poll_osc(self, newest: NewestVolume, controller: SessionController, now_s: float) -> bool:
        """One OSC datagram; whether there was one."""
        if self.osc is None:
            return False
        before = self.osc.protocol.messages
        for request in self.osc.poll(now_s, 1):
            if request.call.command in REQUESTS:
                newest.flush()
                controller.requests.answer(request.call, partial(self.osc.report, request, now_s))
                continue
            newest.submit(
                request.sender, request.call, partial(self.osc.answer, request), partial(self.osc.finished, request)
            )
        return self.osc.waiting > 0 or self.osc.protocol.messages > before

    def _log_unusual_counts(self, osc: OscServer, now_s: float) -> None:
        """Logs what was refused or lost since the last line, at most every `LOG_PERIOD_S`: a flood fills no log."""
        if now_s - self._logged_s < LOG_PERIOD_S:
            return
        self._logged_s = now_s
        counts = osc.counts.unusual()
        if counts != self._logged_counts:
            increases = {name: count - self._logged_counts.get(name, 0) for name, count in counts.items()}
            fields: dict[str, int | str] = {name: count for name, count in increases.items() if count}
            if osc.protocol.refusal and osc.protocol.refusal != self._refusal:
                self._refusal = fields["newest"] = osc.protocol.refusal
            self._log.warning("OSC messages refused", **fields)
            self._logged_counts = counts

    def close(self) -> None:
        """Closes the sockets."""
        self.command_server.close()
        if self.osc:
            self.osc.close()
