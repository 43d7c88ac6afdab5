"""What an OSC datagram means: a call for the session, a question for the state, a subscription, or an answer at once.

Pure: datagrams and times in, values out; the socket is in `server.py`. Addresses are looked up in a dictionary, exactly
as they are: a pattern such as `/*/*` would call every command that it matches.

What arrives is first admitted or not (`admits`), which is cheap, and read when there is time (`read`).

Loops are cut in three places: addresses that only this program sends are never answered when they come in; nor is
anything that comes from its own port; and error replies to what is no command have a slow rate of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from gesturesynth.control.arguments import Value, shown
from gesturesynth.control.command_table import ADDRESS, COMMANDS, Command
from gesturesynth.control.commands import OSC, Call, CommandError, call
from gesturesynth.control.osc.addresses import ACK, BY_ADDRESS, DONE, ERROR, QUERY, button_of, is_button, is_outgoing
from gesturesynth.control.osc.admission import AdmissionControl
from gesturesynth.control.osc.codec import MOST_OCTETS, MalformedError, Message, clipped, decode
from gesturesynth.control.osc.limits import AllowList, ConfirmationGuard, RateLimiter, Sender
from gesturesynth.control.osc.subscriptions import Subscriptions
from gesturesynth.control.requests import REQUESTS

ERROR_REPLIES_HZ: Final = 10.0
ERROR_REPLIES_BURST: Final = 10
ALL_ERROR_REPLIES_HZ: Final = 50.0
ALL_ERROR_REPLIES_BURST: Final = 20
"""Of all senders together: finding what a misspelt command may have meant takes a tenth of a millisecond."""
_ALL_SENDERS: Final[Sender] = ("", 0)
MOST_QUERIES: Final = 32
"""Senders whose `query` waits for the next state."""


@dataclass(frozen=True)
class OscCall:
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
class OscReply:
    """A reply to be sent now: `/gesturesynth/ack`, `done` or `error`, with `address` and `text`.

    Attributes:
        sender: where it goes.
        ok: whether the command was done.
        address: the OSC address that it is about.
        text: a sentence.
        ended: it is about the end of something that was answered before, when it began.
        number: sent after it, to be sent back (see `receiver_proof.py`); 0 for none.
    """

    sender: Sender
    ok: bool
    address: str
    text: str
    ended: bool = False
    number: int = 0

    def complete(self) -> tuple[str, str, str]:
        """The address and the two texts that it is sent as, of bounded length."""
        good = DONE if self.ended else ACK
        return (good if self.ok else ERROR), clipped(self.address, 200), clipped(self.text)


@dataclass
class OscCounts:
    """What came in since the start, by outcome.

    Attributes:
        datagrams: all of them.
        calls: commands passed on.
        refused: messages to an unknown address, with wrong values, or confirmed too soon.
        malformed: datagrams that are not OSC, or hold what no command takes.
        too_long: datagrams longer than any command.
        not_allowed: datagrams of computers that are not in the allow-list.
        limited: messages of senders, or hosts, that sent too many, or that came when all together sent too many.
        crowded: datagrams that would have had to wait too long.
        ignored: answers of this program that come back.
        unsent: answers and states that the network would not take.
    """

    datagrams: int = 0
    calls: int = 0
    refused: int = 0
    malformed: int = 0
    too_long: int = 0
    not_allowed: int = 0
    limited: int = 0
    crowded: int = 0
    ignored: int = 0
    unsent: int = 0

    def all(self) -> dict[str, int]:
        """All of them, by name."""
        return asdict(self)

    def unusual(self) -> dict[str, int]:
        """For a log: all counts of failures that are not 0."""
        everything = asdict(self)
        for usual in ("datagrams", "calls", "ignored"):
            del everything[usual]
        return {name: count for name, count in everything.items() if count}


class OscProtocol:
    """Everything about OSC but the socket.

    Args:
        allow: whose datagrams are accepted.
        own: the address of the socket.
        secret: random bytes, see `ReceiverProofs`.
        joints: whether programs of other computers may subscribe to them.

    Attributes:
        counts: see there.
        refusal: the newest message that could not be used, and why, for a log; empty before the first.
        subscriptions: who is sent states and outputs.
        octets, messages: decoded since the start, in bytes and messages; what is dropped unread does not count.
    """

    def __init__(self, allow: AllowList, own: Sender, secret: bytes, *, joints: bool = False) -> None:
        self.counts = OscCounts()
        self.refusal = ""
        self.subscriptions = Subscriptions(secret, self._is_own, joints=joints)
        self.octets = 0
        self.messages = 0
        self._allow = allow
        self._own = own
        self._admission = AdmissionControl()
        self._error_replies = RateLimiter(ERROR_REPLIES_HZ, ERROR_REPLIES_BURST)
        self._all_error_replies = RateLimiter(ALL_ERROR_REPLIES_HZ, ALL_ERROR_REPLIES_BURST)
        self._confirmations = ConfirmationGuard()
        self._queries: dict[Sender, None] = {}

    def receive(self, datagram: bytes, sender: Sender, now_s: float) -> list[OscCall | OscReply]:
        """The calls and replies of one datagram. Never raises for anything that a sender can do.

        Args:
            datagram: at most `MOST_OCTETS` + 1 bytes of it; a longer one is refused, however long it was.
            sender: where it comes from, as the socket says.
            now_s: monotonic.
        """
        return self.read(datagram, sender, now_s) if self.admits(sender, now_s) else []

    def admits(self, sender: Sender, now_s: float) -> bool:
        """Whether a datagram of this sender is to be read; it is counted."""
        self.counts.datagrams += 1
        if self._is_own(sender):
            self.counts.ignored += 1
        elif not self._allow.permits(sender[0]):
            self.counts.not_allowed += 1
        elif not self._admission.admit(sender, now_s):
            self.counts.limited += 1
        else:
            return True
        return False

    def read(self, datagram: bytes, sender: Sender, now_s: float) -> list[OscCall | OscReply]:
        """The calls and replies of an admitted datagram."""
        self.subscriptions.proofs.record_received(sender, len(datagram), now_s)
        if len(datagram) > MOST_OCTETS:
            self.counts.too_long += 1
            text = f"A datagram may have at most {MOST_OCTETS} bytes."
            self._record_refusal(sender, "", text)
            return [OscReply(sender, False, "", text)] if self._may_reply_error(sender, now_s) else []
        return self._read(datagram, sender, now_s)

    def take_queries(self) -> tuple[Sender, ...]:
        """Returns the senders that wait for the state, and forgets them."""
        waiting = tuple(self._queries)
        self._queries.clear()
        return waiting

    def _is_own(self, sender: Sender) -> bool:
        return sender[1] == self._own[1] and (sender[0] == self._own[0] or sender[0].startswith("127."))

    def _may_reply_error(self, sender: Sender, now_s: float) -> bool:
        return self._error_replies.take(sender, now_s) and self._all_error_replies.take(_ALL_SENDERS, now_s)

    def _read(self, datagram: bytes, sender: Sender, now_s: float) -> list[OscCall | OscReply]:
        self.octets += len(datagram)
        self.messages += 1
        try:
            messages = decode(datagram)
        except MalformedError as error:
            if is_outgoing(error.address):
                self.counts.ignored += 1
                return []
            self.counts.malformed += 1
            self._record_refusal(sender, error.address, str(error))
            return [OscReply(sender, False, error.address, str(error))] if self._may_reply_error(sender, now_s) else []
        results: list[OscCall | OscReply] = []
        for number, message in enumerate(messages):
            if number:  # the first had its token with the datagram
                if not self._admission.admit(sender, now_s):
                    self.counts.limited += len(messages) - number
                    break
                self.messages += 1
            results += self._dispatch(message, sender, now_s)
        return results

    def _dispatch(self, message: Message, sender: Sender, now_s: float) -> list[OscCall | OscReply]:
        address = message.address
        command = BY_ADDRESS.get(address)
        if command is None:
            return self._unknown_address(address, sender, now_s)
        try:
            if command.name in COMMANDS or command.name in REQUESTS:
                return [self._command(command, message, sender, now_s)]
            if command is QUERY:
                self._queue_query(message.values, sender)
                return []
            text, number = self.subscriptions.execute(command, message.values, sender, now_s)
            return [OscReply(sender, True, address, text, number=number)]
        except CommandError as error:
            self.counts.refused += 1
            self._record_refusal(sender, address, str(error))
            return [OscReply(sender, False, address, str(error))]

    def _unknown_address(self, address: str, sender: Sender, now_s: float) -> list[OscCall | OscReply]:
        if is_outgoing(address):
            self.counts.ignored += 1
            return []
        self.counts.refused += 1
        if not self._may_reply_error(sender, now_s):
            self._record_refusal(sender, address, "there is nothing at this address")
            return []
        text = _unknown_address_text(address)
        self._record_refusal(sender, address, text)
        return [OscReply(sender, False, address, text)]

    def _record_refusal(self, sender: Sender, address: str, text: str) -> None:
        what = clipped(address, 80) or "a datagram"
        self.refusal = f"{what} from {sender[0]}:{sender[1]}: {clipped(text, 200)}"

    def _command(self, command: Command, message: Message, sender: Sender, now_s: float) -> OscCall | OscReply:
        values = message.values
        pressed = button_of(values, texts=not command.arguments) if is_button(command) else None
        if pressed is False:
            return OscReply(sender, True, message.address, "let go of the button")
        if pressed:
            values = ()
        checked = call(command.name, values, f"{OSC}{sender[0]}:{sender[1]}")
        if command.name == "preset" and _names_a_file(str(checked.values[0])):
            raise CommandError("'preset': over OSC, NAME must be a name of `gesturesynth preset list`, not a file.")
        if command.armed and not self._confirmations.passes(command.name, now_s):
            raise CommandError(f"'{command.name}' came again at once; wait a moment, then send it again.")
        self.counts.calls += 1
        return OscCall(checked, sender, message.address)

    def _queue_query(self, values: Sequence[Value], sender: Sender) -> None:
        """Queues the sender of `query` for the next state. A button may send it, too."""
        pressed = button_of(values, texts=True)
        if values and pressed is None:
            raise CommandError(f"'query' takes no value, not {len(values)}: query")
        if pressed is False:
            return
        if len(self._queries) >= MOST_QUERIES and sender not in self._queries:
            raise CommandError("Too many ask for the state at once; ask again, or subscribe.")
        self._queries[sender] = None


def _names_a_file(name: str) -> bool:
    """Whether a text would be taken for the path of a file. Other computers must not look for files here."""
    return any(sign in name for sign in "/\\\0") or name.lower().endswith((".yaml", ".yml"))


def _unknown_address_text(address: str) -> str:
    """A sentence for an address that is none."""
    if address.startswith(ADDRESS):
        name = address.removeprefix(ADDRESS)
        found = COMMANDS.get(name) or REQUESTS.get(name)
        if found and found.socket_only:
            return f"'{name}' is not for OSC: it is longer than a datagram, or a skeleton. Use the command socket."
        try:
            call(name, (), "osc")
        except CommandError as error:
            return str(error)
    return f"There is nothing at {shown(address)}; the addresses begin with {ADDRESS}."
