"""The process `actions`: sends what a preset has sent when something happens, as OSC and as requests to web servers.

It receives what the piece does from the conductor, and holds nothing of it: it may start and end at any moment. It
touches no device. Keys are pressed by another process (`keys/process.py`), which has no network.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.actions.due_actions import DueAction, DueActions
from gesturesynth.actions.failures import Failures
from gesturesynth.actions.http.addresses import IpNetwork, WebAddress, allowed, web_address
from gesturesynth.actions.http.request import WebRequest
from gesturesynth.actions.http.workers import RequestWorkers
from gesturesynth.actions.osc_sender import ActionOscSender
from gesturesynth.actions.rate import Rate
from gesturesynth.actions.template import filled
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.action_message import ActionSetup, ActionsMessage, HttpAction, KeyAction, OscAction
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.service import Service

OSC: Final = "osc"
HTTP: Final = "http"
POLL_S: Final = 0.1
OSC_RATE_HZ: Final = 200.0
"""OSC messages of all actions, a second."""
END_S: Final = 1.0
"""At the end, so long for requests that are under way."""
MOST_BODY: Final = 8192
"""Bytes of a body, with all values in it."""


@dataclass(frozen=True)
class ActionsSettings:
    """What is allowed.

    Attributes:
        addresses: of web servers; below one of these lies all that may be asked for.
        networks: that names may lead to, besides public addresses.
        rate_hz: requests of all actions, a second.
        presses_keys: whether another process presses keys.
        runtime: the runtime folder of the conductor; None for this process's own.
    """

    addresses: Sequence[WebAddress] = ()
    networks: Sequence[IpNetwork] = ()
    rate_hz: float = 5.0
    presses_keys: bool = False
    runtime: Path | None = None


def run_actions(settings: ActionsSettings, service: Service) -> int:
    """Carries out actions until told to stop.

    Returns:
        The exit code, 0.
    """
    with (
        zmq.Context() as context,
        closing(Subscriber(context, ActionsMessage, settings.runtime)) as messages,
        closing(ActionRunner(settings)) as runner,
    ):
        service.ready(runner.status)
        log.get().info("actions started", web_addresses=len(settings.addresses))
        while not service.stopping:
            message = messages.newest(POLL_S)
            now_s = time.monotonic()
            if message is not None:
                runner.step(message, now_s)
            runner.poll(now_s)
            service.note(runner.notes)
            service.heartbeat(runner.status)
        service.notify_stopping()
    log.get().info("actions stopped")
    return 0


class ActionRunner:
    """Carries out actions over OSC and HTTP. No method waits, and none raises.

    Args:
        settings: what is allowed.
        workers: make requests; by default their own.
    """

    def __init__(self, settings: ActionsSettings, workers: RequestWorkers | None = None) -> None:
        self._settings = settings
        self._due = DueActions()
        self._osc = ActionOscSender()
        self._workers = workers or RequestWorkers(settings.networks)
        self._osc_rate, self._http_rate = Rate(OSC_RATE_HZ), Rate(settings.rate_hz)
        self._actions = 0
        self._unpressed: tuple[str, ...] = ()
        self._of = (0, 0)
        self._began_s = 0.0  # of the preset
        self.failures = Failures()

    @property
    def notes(self) -> tuple[str, ...]:
        """What fails now, as sentences."""
        return (*self._unpressed, *self.failures.notes)

    @property
    def status(self) -> str:
        """One line for people."""
        if not self._actions:
            return "no preset with actions plays"
        done, failed, left_out = self.failures.done, self.failures.failed, self.failures.left_out
        beyond = f", {left_out} left out" if left_out else ""
        actions = f"{self._actions} action{'' if self._actions == 1 else 's'}"
        return f"{actions}, {done} carried out, {failed} failed{beyond}"

    def step(self, message: ActionsMessage, now_s: float) -> None:
        """Carries out what is due after a message of the conductor."""
        self._actions = sum(any(isinstance(one, OscAction | HttpAction) for one in a.does) for a in message.actions)
        of = (message.state.pid, message.state.changes)
        if of != self._of:
            self._of, self._began_s = of, now_s
            self.failures.forget()
            self._unpressed = () if self._settings.presses_keys else _unpressed(message.actions)
        for due in self._due.step(message):
            for one in due.action.does:
                if isinstance(one, OscAction):
                    self._send_osc(one, due, now_s)
                elif isinstance(one, HttpAction):
                    self._request(one, due, now_s)

    def poll(self, now_s: float) -> None:
        """Takes note of what has come of requests."""
        for outcome in self._workers.take():
            if not outcome.failure:
                self.failures.succeeded(outcome.action, HTTP)
            elif outcome.replaced:
                self.failures.left_out += 1
            elif outcome.made_s >= self._began_s:
                self.failures.add(outcome.action, HTTP, outcome.failure, now_s, left_out=outcome.left_out)
            else:  # of the preset before: nothing of this one would ever take such a note away
                self.failures.failed += 1

    def _send_osc(self, action: OscAction, due: DueAction, now_s: float) -> None:
        name = due.action.name
        if not self._osc_rate.take(now_s):
            sentence = f"there were more than {OSC_RATE_HZ:g} OSC messages in a second"
            self.failures.add(name, OSC, sentence, now_s, left_out=True)
        elif failure := self._osc.send(action, due.values):
            self.failures.add(name, OSC, failure, now_s)
        else:
            self.failures.succeeded(name, OSC)

    def _request(self, action: HttpAction, due: DueAction, now_s: float) -> None:
        if failure := self._begin_request(action, due, now_s):
            self.failures.add(due.action.name, HTTP, failure, now_s)

    def _begin_request(self, action: HttpAction, due: DueAction, now_s: float) -> str:
        """Why a request cannot be made; an empty text when it is on its way, or was left out."""
        try:
            address = web_address(filled(action.url, due.values))
        except UserError as error:
            return str(error)
        if not allowed(address, self._settings.addresses):
            return (
                f"`actions.http` in gesturesynth.yaml does not allow {address.origin}{address.path.partition('?')[0]}"
            )
        body = filled(action.body, due.values).encode() if action.method == "POST" else b""
        if len(body) > MOST_BODY:
            return f"with all values in it, the body has {len(body)} bytes; at most {MOST_BODY}"
        name = due.action.name
        if not self._http_rate.take(now_s):
            sentence = f"there were more than {self._settings.rate_hz:g} requests in a second (actions.rate)"
            self.failures.add(name, HTTP, sentence, now_s, left_out=True)
            return ""
        return self._workers.add(WebRequest(name, address, action.method, body, action.content_type, now_s))

    def close(self) -> None:
        """Makes no further request, and closes the socket."""
        self._workers.close(END_S)
        self._osc.close()


def _unpressed(actions: Sequence[ActionSetup]) -> tuple[str, ...]:
    """A sentence where actions press keys, though no process does."""
    names = [one.name for one in actions if any(isinstance(what, KeyAction) for what in one.does)]
    if not names:
        return ()
    return (f"the action '{names[0]}' presses a key, and `actions.keys` in gesturesynth.yaml allows none",)
