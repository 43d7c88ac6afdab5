"""What an OSC datagram means: a call for the session, a question for the state, a subscription, or an answer at once.

Pure: datagrams and times in, values out; the socket is in `osc.py`. Addresses are looked up in a dictionary, exactly as
they are: a pattern such as `/*/*` would fire everything that it matches.

Loops are cut in three places: what only we send is never answered when it comes in; nor is anything that comes from our
own port; and complaints about nonsense (unlike answers to commands) have a slow rate of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from gesturesynth.control.arguments import Value, shown
from gesturesynth.control.commands import ADDRESS, COMMANDS, Call, Command, CommandError, call
from gesturesynth.control.osc_addresses import (
    ACK,
    BY_ADDRESS,
    DEFAULT_RATE_HZ,
    ERROR,
    QUERY,
    UNSUBSCRIBE,
    is_button,
    is_ours,
)
from gesturesynth.control.osc_codec import MOST_OCTETS, MalformedError, Message, clipped, decode
from gesturesynth.control.osc_limits import AllowList, Arming, Leases, RateLimiter, Sender

COMPLAINTS_HZ: Final = 10.0
COMPLAINTS_BURST: Final = 10
ALL_COMPLAINTS_HZ: Final = 50.0
ALL_COMPLAINTS_BURST: Final = 20
"""Of all senders together: finding what a misspelt command may have meant takes a tenth of a millisecond."""
_EVERYBODY: Final[Sender] = ("", 0)
MOST_QUESTIONS: Final = 32
"""Senders whose `query` waits for the next state."""


@dataclass(frozen=True)
class Asked:
    """A command to be done and then answered.

    Attributes:
        call: checked.
        sender: where the answer goes.
        address: the OSC address that was sent, part of the answer.
    """

    call: Call
    sender: Sender
    address: str


@dataclass(frozen=True)
class Answer:
    """Words to be sent now: `/gesturesynth/ack` or `/gesturesynth/error` with `address` and `words`."""

    sender: Sender
    ok: bool
    address: str
    words: str

    def complete(self) -> tuple[str, str, str]:
        """The address and the two texts that it is sent as, of bounded length."""
        return (ACK if self.ok else ERROR), clipped(self.address, 200), clipped(self.words)


@dataclass
class Counts:
    """What came in since the start, and what became of it.

    Attributes:
        datagrams: all of them.
        calls: commands passed on.
        refused: messages to an unknown address, with wrong values, or confirmed too soon.
        malformed: datagrams that are not OSC, or hold what no command takes.
        too_long: datagrams longer than any command.
        not_allowed: datagrams of computers that are not in the allow-list.
        limited: messages of senders that sent too many.
        ignored: our own answers that come back.
        unsent: answers and states that the network would not take.
    """

    datagrams: int = 0
    calls: int = 0
    refused: int = 0
    malformed: int = 0
    too_long: int = 0
    not_allowed: int = 0
    limited: int = 0
    ignored: int = 0
    unsent: int = 0

    def unusual(self) -> dict[str, int]:
        """For a log: everything that went wrong, where it is not 0."""
        everything = asdict(self)
        for usual in ("datagrams", "calls", "ignored"):
            del everything[usual]
        return {name: count for name, count in everything.items() if count}


class Protocol:
    """Everything about OSC but the socket.

    Args:
        allow: who may be heard.
        own: the address we are bound to.

    Attributes:
        counts: see there.
        leases: who is sent states and outputs.
        octets, messages: what was decoded since the start, in bytes and messages; what is dropped unread is not in it.
    """

    def __init__(self, allow: AllowList, own: Sender) -> None:
        self.counts = Counts()
        self.leases = Leases()
        self.octets = 0
        self.messages = 0
        self._allow = allow
        self._own = own
        self._limiter = RateLimiter()
        self._complaints = RateLimiter(COMPLAINTS_HZ, COMPLAINTS_BURST)
        self._all_complaints = RateLimiter(ALL_COMPLAINTS_HZ, ALL_COMPLAINTS_BURST)
        self._arming = Arming()
        self._questions: dict[Sender, None] = {}

    def receive(self, datagram: bytes, sender: Sender, now_s: float) -> list[Asked | Answer]:
        """What comes of one datagram. Never raises for anything that a sender can do.

        Args:
            datagram: at most `MOST_OCTETS` + 1 bytes of it; a longer one is refused, however long it was.
            sender: who sent it, as the socket says.
            now_s: monotonic.
        """
        self.counts.datagrams += 1
        if self._is_own(sender):
            self.counts.ignored += 1
        elif not self._allow.permits(sender[0]):
            self.counts.not_allowed += 1
        elif not self._limiter.take(sender, now_s):
            self.counts.limited += 1
        elif len(datagram) > MOST_OCTETS:
            self.counts.too_long += 1
            if self._may_complain(sender, now_s):
                return [Answer(sender, False, "", f"A datagram may have at most {MOST_OCTETS} bytes.")]
        else:
            return self._read(datagram, sender, now_s)
        return []

    def questions(self) -> tuple[Sender, ...]:
        """Who waits for the state; they are forgotten with this."""
        waiting = tuple(self._questions)
        self._questions.clear()
        return waiting

    def _is_own(self, sender: Sender) -> bool:
        return sender[1] == self._own[1] and (sender[0] == self._own[0] or sender[0].startswith("127."))

    def _may_complain(self, sender: Sender, now_s: float) -> bool:
        return self._complaints.take(sender, now_s) and self._all_complaints.take(_EVERYBODY, now_s)

    def _read(self, datagram: bytes, sender: Sender, now_s: float) -> list[Asked | Answer]:
        self.octets += len(datagram)
        self.messages += 1
        try:
            messages = decode(datagram)
        except MalformedError as error:
            if is_ours(error.address):
                self.counts.ignored += 1
                return []
            self.counts.malformed += 1
            return [Answer(sender, False, error.address, str(error))] if self._may_complain(sender, now_s) else []
        results: list[Asked | Answer] = []
        for number, message in enumerate(messages):
            if number:  # the first was paid for with its datagram
                if not self._limiter.take(sender, now_s):
                    self.counts.limited += len(messages) - number
                    break
                self.messages += 1
            results += self._dispatch(message, sender, now_s)
        return results

    def _dispatch(self, message: Message, sender: Sender, now_s: float) -> list[Asked | Answer]:
        address = message.address
        command = BY_ADDRESS.get(address)
        if command is None:
            return self._nowhere(address, sender, now_s)
        try:
            if command.name in COMMANDS:
                return [self._command(command, message, sender, now_s)]
            if command is QUERY:
                self._ask(message.values, sender)
                return []
            return [Answer(sender, True, address, self._lease(command, message.values, sender, now_s))]
        except CommandError as error:
            self.counts.refused += 1
            return [Answer(sender, False, address, str(error))]

    def _nowhere(self, address: str, sender: Sender, now_s: float) -> list[Asked | Answer]:
        if is_ours(address):
            self.counts.ignored += 1
            return []
        self.counts.refused += 1
        return [Answer(sender, False, address, _unknown(address))] if self._may_complain(sender, now_s) else []

    def _command(self, command: Command, message: Message, sender: Sender, now_s: float) -> Asked | Answer:
        values = message.values
        if is_button(command) and len(values) == 1 and not isinstance(values[0], str) and values[0] in (0, 1):
            if not values[0]:
                return Answer(sender, True, message.address, "let go of the button")
            values = ()
        checked = call(command.name, values, f"osc {sender[0]}:{sender[1]}")
        if command.armed and not self._arming.passes(command.name, now_s):
            raise CommandError(f"'{command.name}' came again at once; wait a moment, then send it again.")
        self.counts.calls += 1
        return Asked(checked, sender, message.address)

    def _ask(self, values: Sequence[Value], sender: Sender) -> None:
        """Lets the sender of `query` wait for the state. A button may send it, too."""
        if values and (len(values) > 1 or isinstance(values[0], str) or values[0] not in (0, 1)):
            raise CommandError(f"'query' takes no value, not {len(values)}: query")
        if values and not values[0]:
            return
        if len(self._questions) >= MOST_QUESTIONS and sender not in self._questions:
            raise CommandError("Too many ask for the state at once; ask again, or subscribe.")
        self._questions[sender] = None

    def _lease(self, command: Command, values: Sequence[Value], sender: Sender, now_s: float) -> str:
        """Subscribes or unsubscribes; the words for its answer."""
        numbers = _numbers(command, values)
        host, port = sender[0], int(numbers[0]) if numbers else sender[1]
        if command is UNSUBSCRIBE:
            if not self.leases.drop((host, port)):
                raise CommandError(f"Nothing is sent to {host}:{port}; give the port that you subscribed.")
            return f"sending no more to {host}:{port}"
        if self._is_own((host, port)):
            raise CommandError(f"{port} is the port that this program listens on; give the one that you listen on.")
        rate_hz = float(numbers[1]) if len(numbers) > 1 else DEFAULT_RATE_HZ
        if not self.leases.renew((host, port), rate_hz, now_s):
            raise CommandError(f"{len(self.leases)} have subscribed already, and no more can; try again later.")
        return f"sending to {host}:{port} {rate_hz:g} times a second for {self.leases.length_s:g} s"


def _unknown(address: str) -> str:
    """A sentence for an address that is none."""
    if address.startswith(ADDRESS):
        try:
            call(address.removeprefix(ADDRESS), (), "osc")
        except CommandError as error:
            return str(error)
    return f"There is nothing at {shown(address)}; the addresses begin with {ADDRESS}."


def _numbers(command: Command, values: Sequence[Value]) -> tuple[int | float, ...]:
    """The values of `subscribe` or `unsubscribe`: numbers that may be left out. Raises CommandError."""
    if len(values) > len(command.arguments):
        raise CommandError(
            f"'{command.name}' takes at most {len(command.arguments)} values, not {len(values)}: {command.usage}"
        )
    checked: list[int | float] = []
    for argument, value in zip(command.arguments, values, strict=False):
        accepted = argument.accepted(value)
        if accepted is None or isinstance(accepted, str):
            raise CommandError(f"'{command.name}': {argument.name} must be {argument.range}, not {shown(value)}.")
        checked.append(accepted)
    return tuple(checked)
