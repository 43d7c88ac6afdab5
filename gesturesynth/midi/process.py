"""The process `midi`: what a piece does leaves as MIDI, and MIDI that arrives becomes commands and inputs.

It is apart because drivers hang, and some end the process that calls them: whatever starts it starts it again. It uses
sound devices and no network. Ports may be plugged in and out at any time.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import zmq

from gesturesynth.control.command_socket import CommandClient, NothingRunning
from gesturesynth.control.commands import Call
from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.midi.arriving import ArrivingValues, MidiBindingMachine, bindings
from gesturesynth.midi.decoder import decode
from gesturesynth.midi.encoder import split
from gesturesynth.midi.library import MidiSystem, open_system
from gesturesynth.midi.player import MidiPlayer
from gesturesynth.midi.ports import MidiInput, MidiOutput
from gesturesynth.midi.systems import AUTO, JACK, VIRTUAL
from gesturesynth.runtime.midi_message import MidiMessage, MidiReport
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.service import Service

SCAN_S: Final = 0.5
"""Between two looks for ports. A device that is plugged out and in again takes longer than this to come back."""
POLL_S: Final = 0.1
"""The longest wait: the heart-beat has to go on, and a stop has to be noticed."""
SHORTEST_S: Final = 0.001
"""Between two looks for what is due, for controllers that wait for a cable to be free."""
REPORT_S: Final = 0.5
RELEASE_S: Final = 0.5
"""At the end, so long for the conductor to receive that a held key is released."""
DRAIN_S: Final = 0.1
"""JACK fetches what was sent with its next period, which is shorter than this. What was not fetched is lost when the
port is closed, and that would be the ends of notes."""


@dataclass(frozen=True)
class MidiSettings:
    """The ports, and what arriving messages ask for.

    Attributes:
        output, input: part of a port's name, VIRTUAL for one of our own, or nothing for none.
        system: one of `systems.SYSTEMS`.
        bindings: changes to the default bindings, `{MESSAGE: command}`.
        runtime: the runtime folder of the conductor; None for this process's own.
    """

    output: str = VIRTUAL
    input: str = ""
    system: str = AUTO
    bindings: Mapping[str, str] = field(default_factory=dict)
    runtime: Path | None = None


def run_midi(settings: MidiSettings, service: Service, find_system: Callable[[str], MidiSystem] = open_system) -> int:
    """Sends and receives until told to stop.

    Args:
        settings: see there.
        service: its context has been entered already.
        find_system: `library.open_system`.

    Returns:
        The exit code, 0.

    Raises:
        UserError: rtmidi2 is not installed, or a binding is wrong.
        GestureSynthError: the JACK server has ended; a new process finds the next one.
    """
    bound = MidiBindingMachine(bindings(settings.bindings))
    system = _wait_for_system(settings.system, service, find_system)
    if system is None:
        return 0
    service.ready("opening ports")  # from here on the watchdog counts: a driver may hang when a port is opened
    with zmq.Context() as context, ExitStack() as stack:
        stack.callback(system.close)
        wire = stack.enter_context(CommandClient("midi", context, settings.runtime))
        messages = stack.enter_context(closing(Subscriber(context, MidiMessage, settings.runtime)))
        reports = stack.enter_context(closing(Publisher(context, MidiReport)))
        connection = MidiConnection(system, settings, bound)
        stack.callback(lambda: connection.close(wire))
        connection.scan(time.monotonic())
        log.get().info("MIDI started", system=system.name, message=connection.status)
        _serve(connection, messages, reports, wire, service)
        service.notify_stopping()
    log.get().info("MIDI stopped")
    return 0


def _wait_for_system(wanted: str, service: Service, find_system: Callable[[str], MidiSystem]) -> MidiSystem | None:
    """The MIDI system, as soon as it can be used; None when told to stop before."""
    due_s, said = 0.0, ""
    while not service.stopping:
        if time.monotonic() >= due_s:
            due_s = time.monotonic() + SCAN_S
            try:
                return find_system(wanted)
            except ConnectionError as error:
                if str(error) != said:
                    said = str(error)
                    log.get().warning("MIDI waits", message=said)
                    service.ready(said)
                    service.note((f"MIDI: {said}",))
        service.heartbeat(said)
        time.sleep(POLL_S)
    return None


def _serve(
    connection: MidiConnection,
    messages: Subscriber[MidiMessage],
    reports: Publisher[MidiReport],
    wire: CommandClient,
    service: Service,
) -> None:
    """The loop of the process."""
    poller = zmq.Poller()
    poller.register(messages.socket, zmq.POLLIN)
    if connection.input:
        poller.register(connection.input.fileno(), zmq.POLLIN)
    report_s = 0.0
    while not service.stopping:
        _wait(poller, connection.due_s)
        now_s = time.monotonic()
        connection.play(messages.newest(), now_s)
        requested, news = connection.receive(now_s)
        for call in requested:
            _send(call, wire)
        for answer in wire.poll():
            if not answer.ok:
                log.get().debug("command refused", message=answer.text)  # the conductor has logged it
        if connection.scan(now_s) or news or now_s >= report_s:
            report_s = now_s + REPORT_S
            reports.send(connection.report(now_s))
            service.note(connection.problems)
        service.heartbeat(connection.status)
        if connection.gone:
            raise GestureSynthError("the JACK server has ended, and its ports with it; the next one gets new ones")


def _wait(poller: zmq.Poller, due_s: float) -> None:
    """Waits for a message, or until something is due: to a fraction of a millisecond, since a clock is heard."""
    left_s = max(SHORTEST_S, min(POLL_S, due_s - time.monotonic()))
    whole_ms = int(left_s * 1000)
    if not poller.poll(whole_ms - 1 if whole_ms > 1 else 0):
        rest_s = min(SHORTEST_S * 2, due_s - time.monotonic())
        if rest_s > 0.0:
            time.sleep(rest_s)


def _send(requested: Call, wire: CommandClient) -> None:
    if wire.send(requested):
        log.get().debug("command sent", command=requested.text)
    else:
        message = "the conductor does not run, or is just starting; commands are not stored for later"
        log.get().warning("command not sent", command=requested.text, message=message)


class MidiConnection:
    """Both ports, what is played on one, and what arrives at the other.

    Args:
        system: whose ports.
        settings: which of them.
        bound: makes commands of what arrives.

    Attributes:
        input: None where none is wanted.
    """

    def __init__(self, system: MidiSystem, settings: MidiSettings, bound: MidiBindingMachine) -> None:
        self._system = system
        self._output = MidiOutput(system, settings.output) if settings.output else None
        self.input = MidiInput(system, settings.input) if settings.input else None
        self._bound = bound
        self._player = MidiPlayer()
        self._arriving = ArrivingValues()
        self._wanted: tuple[str, ...] = ()
        self._problems: tuple[str, ...] = ()
        self._scan_s = 0.0

    @property
    def due_s(self) -> float:
        """When something is due without a message, monotonic."""
        return min(self._player.due_s(), self._bound.due_s, self._scan_s)

    @property
    def gone(self) -> bool:
        """Whether the system has ended."""
        return self._system.gone

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences about ports that are wanted and not there."""
        return tuple(port.problem for port in (self._output, self.input) if port and port.problem)

    @property
    def status(self) -> str:
        """One line for people."""
        parts = [
            f"{what} {port.name or 'waits'}"
            for what, port in (("out:", self._output), ("in:", self.input))
            if port is not None
        ]
        return ", ".join(parts) or "no port is asked for"

    def scan(self, now_s: float) -> bool:
        """Twice a second, opens ports that have come, and closes those that have gone; returns whether any did."""
        if now_s < self._scan_s or self.gone:
            return False
        self._scan_s = now_s + SCAN_S
        before = self.status, self.problems
        if self._output and self._output.scan():
            self._output.send(split(self._player.begin_receiver()))
        if self.input:
            self.input.scan()
        changed = (self.status, self.problems) != before
        if changed:
            log.get().info("MIDI ports changed", message="; ".join((self.status, *self.problems)))
        return changed

    def play(self, message: MidiMessage | None, now_s: float) -> None:
        """Plays a new message, and what is due."""
        if message is not None:
            self._wanted = message.setup.inputs
            self._bound.follow(message.state)
        sent = self._player.tick(now_s) if message is None else self._player.feed(message, now_s)
        if sent and self._output and not self.gone:
            self._output.send(split(sent))

    def receive(self, now_s: float) -> tuple[list[Call], bool]:
        """The commands of what has arrived, and whether a value has changed."""
        found = self._bound.tick(now_s)
        before = self._arriving.count
        if self.input is None:
            return found, False
        for octets in self.input.read():
            event = decode(octets)
            if event:
                self._arriving.feed(event)
                found += self._bound.feed(event, now_s)
        if not self.input.name:
            found += self._bound.device_lost()
            self._arriving.device_lost()
        return found, self._arriving.count > before

    def report(self, now_s: float) -> MidiReport:
        """What has arrived, and how it goes."""
        values = self._arriving.of(self._wanted)
        listening = bool(self.input and self.input.name)
        return MidiReport(now_s, os.getpid(), values, self._arriving.count, listening, self.problems)

    def close(self, wire: CommandClient) -> None:
        """Ends all notes, releases what is held, and closes the ports."""
        if self._output and not self.gone:  # first: the conductor may hang
            self._output.send(split(self._player.end(time.monotonic())))
        for requested in self._bound.device_lost():
            with suppress(NothingRunning):  # then nothing is held
                wire.ask(requested, RELEASE_S)
        if self.gone:
            # RtMidi crashes when it closes ports of a server that has ended: they are left to the end of the process.
            for port in (self._output, self.input):
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(port))
            return
        if self._output:
            if self._system.name == JACK:
                time.sleep(DRAIN_S)
            self._output.close()
        if self.input:
            self.input.end()
