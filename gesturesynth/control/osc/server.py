"""OSC remote control: one UDP socket, read without waiting, with a bound on the work of every poll.

No thread and no server of a library: the conductor's loop calls `poll`, carries out the commands, calls `answer` (and
`finished` when something that takes longer has ended), and calls `stream` once a step. A poll takes from the kernel
what has arrived, drops at once what comes too often, and reads a limited part of the rest, each host in turn; what it
does not read waits for the next poll. What has no room anywhere is lost, as UDP may be.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from gesturesynth.control.osc.addresses import CONFIRM, ERROR, QUERY, REPORT
from gesturesynth.control.osc.body_readings import BodyReadings
from gesturesynth.control.osc.body_streams import BodyStreams
from gesturesynth.control.osc.codec import (
    MOST_MESSAGES,
    MOST_OCTETS,
    STATE_OCTETS,
    FloatsMessage,
    bundles,
    encode,
)
from gesturesynth.control.osc.limits import AllowList, Sender, host_of
from gesturesynth.control.osc.names import path_of
from gesturesynth.control.osc.protocol import OscCall, OscCounts, OscProtocol, OscReply
from gesturesynth.control.osc.receiver_proof import is_this_computer
from gesturesynth.control.osc.streams import ANSWERS, OUTPUT, STATE
from gesturesynth.control.osc.udp import bound_socket
from gesturesynth.control.osc.waiting_queue import WaitingDatagrams

__all__ = ["OscCall", "OscServer", "OscSettings"]

DATAGRAMS_A_POLL: Final = 256
"""Taken from the kernel in one poll; nearly all of a flood is dropped unread, at a few microseconds each."""
MESSAGES_A_POLL: Final = 32
OCTETS_A_POLL: Final = 8192
"""Decoded at most in one poll; together a little over a millisecond of a slow core."""
_UNPROVEN: Final = (
    "It is not known yet whether you receive what is sent to you: subscribe, send back the number that comes with the "
    f"answer to {CONFIRM.address}, and ask again; or ask again in some seconds."
)


@dataclass(frozen=True)
class OscSettings:
    """Where OSC is received, and from which computers.

    Attributes:
        host: an IPv4 address of this computer: `127.0.0.1` for programs on it only, `0.0.0.0` for all its networks.
        port: UDP, 1 to 65535; 0 for any that is free.
        allow: other computers that may send, as addresses or networks; needed as soon as `host` lets them in.
        joints: whether they may subscribe to landmarks.
    """

    host: str = "127.0.0.1"
    port: int = 9000
    allow: tuple[str, ...] = ()
    joints: bool = False


class OscServer:
    """The socket and what is sent through it.

    Args:
        settings: see there.

    Attributes:
        host, port: where it listens.
        protocol: reads the datagrams; its `counts` tell what came in.

    Raises:
        UserError: the settings contradict each other, or the port cannot be used.
    """

    def __init__(self, settings: OscSettings) -> None:
        allow = AllowList(settings.allow)
        self._socket = bound_socket(settings.host, settings.port, allow, "osc", also=" with --osc-port or")
        self.host, self.port = cast("Sender", self._socket.getsockname())
        self.protocol = OscProtocol(allow, (self.host, self.port), os.urandom(32), joints=settings.joints)
        self._waiting = WaitingDatagrams()
        self._outputs: dict[str, FloatsMessage] = {}
        self._bodies = BodyStreams()
        self._streamed_s = 0.0

    @property
    def counts(self) -> OscCounts:
        """What came in since the start."""
        return self.protocol.counts

    def fileno(self) -> int:
        """For a poller: readable when something has arrived."""
        return self._socket.fileno()

    @property
    def waiting(self) -> int:
        """Datagrams that have been taken from the kernel and wait to be read."""
        return len(self._waiting)

    def poll(self, now_s: float, most: int = MESSAGES_A_POLL) -> list[OscCall]:
        """Takes what has arrived, reads some of it, and replies where no command has to be done. Never raises or waits.

        Args:
            now_s: monotonic.
            most: messages that are read, if a datagram or more is there; one datagram is read in any case, and holds
                up to `MOST_MESSAGES`.

        Returns:
            Commands, those of one sender in the order of their arrival, at most `MESSAGES_A_POLL`; each has to
            get an `answer`.
        """
        self._receive(now_s)
        requested: list[OscCall] = []
        protocol = self.protocol
        most_octets = protocol.octets + OCTETS_A_POLL - MOST_OCTETS
        most_messages = protocol.messages + min(most, MESSAGES_A_POLL) - MOST_MESSAGES
        while waiting := self._waiting.take(now_s):
            for result in protocol.read(*waiting, now_s):
                if isinstance(result, OscCall):
                    requested.append(result)
                else:
                    self._reply(result)
            if protocol.octets > most_octets or protocol.messages > most_messages:
                break
        self.counts.crowded += self._waiting.too_old
        self._waiting.too_old = 0
        return requested

    def _receive(self, now_s: float) -> None:
        """Takes what has arrived from the kernel, and queues what may be read."""
        for _ in range(DATAGRAMS_A_POLL):
            try:
                datagram, sender = self._socket.recvfrom(MOST_OCTETS + 1)
            except BlockingIOError:
                break
            except OSError:  # some systems report here that an earlier answer had no receiver
                continue
            if self.protocol.admits(sender, now_s) and not self._waiting.add(datagram, sender, now_s):
                self.counts.crowded += 1

    def answer(self, requested: OscCall, ok: bool, text: str) -> None:  # noqa: FBT001 - the same as the command socket
        """Sends the outcome of a command to its sender: `/gesturesynth/ack` or `/gesturesynth/error`."""
        self._reply(OscReply(requested.sender, ok, requested.address, text))

    def finished(self, requested: OscCall, ok: bool, text: str) -> None:  # noqa: FBT001 - as above
        """The second answer: how something ended that was answered when it began: `/gesturesynth/done`, or `error`."""
        self._reply(OscReply(requested.sender, ok, requested.address, text, ended=True))

    def report(self, requested: OscCall, now_s: float, ok: bool, text: str, report: str) -> None:  # noqa: FBT001 - as above
        """Answers a request of `requests.REQUESTS`: `/gesturesynth/report` with its report, or `error`."""
        packet = encode(REPORT, requested.address, report) if ok else b""
        if not ok:
            self.answer(requested, ok, text)
        elif not self.protocol.subscriptions.proofs.may_send(requested.sender, len(packet), now_s):
            self.answer(requested, False, _UNPROVEN)
        elif not self._send(packet, requested.sender):
            self.answer(requested, False, f"The report is {len(packet)} bytes long, too long for a datagram.")

    def stream(
        self,
        now_s: float,
        state: Callable[[], str],
        outputs: Mapping[str, float],
        readings: BodyReadings | None = None,
    ) -> None:
        """Answers each `query`, and sends to the subscribers that are due what each wants.

        Call it after the commands of this step were handled, so that a query after a command gets the new state.

        Args:
            now_s: monotonic.
            state: gives the state as JSON; called only when it is sent, at most once.
            outputs: values by name; those of another voice than the first one under `2/pitch`.
            readings: about the bodies; None before the first tick.
        """
        self._streamed_s = now_s
        queries = self.protocol.take_queries()
        subscriptions = self.protocol.subscriptions
        due = subscriptions.leases.due(now_s)
        requests = subscriptions.leases.requests
        self._bodies.follow(requests, readings)
        wants_state = queries or any("state" in requests[receiver].names for receiver in due)
        state_packet = _state_message(state()) if wants_state else b""
        for sender in queries:
            if not subscriptions.proofs.may_send(sender, len(state_packet), now_s):
                self._reply(OscReply(sender, False, QUERY.address, _UNPROVEN))
            elif not self._send(state_packet, sender):
                self._send(_too_long(state_packet), sender)
        wants_outputs = any("outputs" in requests[receiver].names for receiver in due)
        output_packets = list(bundles(self._output_messages(outputs))) if wants_outputs else []
        for receiver in due:
            names = requests[receiver].names
            packets = [state_packet] if "state" in names else []
            packets += output_packets if "outputs" in names else []
            if readings is not None and names - {"state", "outputs", ANSWERS}:
                packets += self._bodies.packets(receiver, readings)
            if subscriptions.proofs.may_send(receiver, sum(map(len, packets)), now_s):
                for packet in packets:
                    self._send(packet, receiver)

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def _output_messages(self, outputs: Mapping[str, float]) -> Iterable[bytes]:
        if self._outputs.keys() != outputs.keys():
            self._outputs = {name: FloatsMessage(OUTPUT + path_of(name), 1) for name in outputs}
        return (self._outputs[name].fill((value,)) for name, value in outputs.items())

    def _reply(self, answer: OscReply) -> None:
        packets = [encode(*answer.complete())]
        if answer.number:
            packets.append(encode(CONFIRM.address, answer.number))
        for packet in packets:
            if self.protocol.subscriptions.proofs.may_answer(answer.sender, len(packet)):
                self._send(packet, answer.sender)
            else:
                self.counts.unsent += 1
        self._copy(answer.sender, packets[0])

    def _copy(self, sender: Sender, packet: bytes) -> None:
        """Sends an answer to those of the same computer, too, who have subscribed to answers at another port."""
        subscriptions = self.protocol.subscriptions
        for receiver, request in subscriptions.leases.requests.items():
            if ANSWERS not in request.names or receiver == sender or not _same_computer(receiver[0], sender[0]):
                continue
            if subscriptions.proofs.may_send(receiver, len(packet), self._streamed_s):
                self._send(packet, receiver)

    def _send(self, packet: bytes, receiver: Sender) -> bool:
        """Sends a packet; returns False only where it is too long."""
        try:
            self._socket.sendto(packet, receiver)
        except OSError as error:  # no room or no route: a late answer would be worse than none
            self.counts.unsent += 1
            return error.errno != errno.EMSGSIZE
        return True


def _same_computer(one: str, other: str) -> bool:
    return host_of(one) == host_of(other) or (is_this_computer(one) and is_this_computer(other))


def _state_message(state: str) -> bytes:
    message = encode(STATE, state)
    return message if len(message) <= STATE_OCTETS else _too_long(message)


def _too_long(message: bytes) -> bytes:
    """What is sent instead of a state that does not fit into a datagram; macOS sends no more than 9,216 bytes."""
    text = f"The state is {len(message)} bytes long, too long for a datagram; `gesturesynth state --json` prints it."
    return encode(ERROR, STATE, text)
