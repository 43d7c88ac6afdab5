"""Where inputs arrive: one UDP socket, read without waiting, of which the newest message of each address counts.

Its port is Wekinator's by default, since the sketches and apps that send numbers know that one. It is a socket apart
from that of commands: numbers may come by the thousand a second, and none of them can carry out a command.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final, cast

from gesturesynth.control.osc.codec import MalformedError, clipped
from gesturesynth.control.osc.limits import AllowList, Sender
from gesturesynth.control.osc.number_messages import MOST_OCTETS, NotNumbersError, NumberMessage, read
from gesturesynth.control.osc.udp import bound_socket
from gesturesynth.control.osc.wekinator_addresses import PREFIX, WekinatorMessage
from gesturesynth.runtime.inputs import PORT, InputSetup

DATAGRAMS_A_POLL: Final = 512
"""More than arrive between two ticks of the conductor at 4,000 a second; what is left waits in the kernel."""
OCTETS_A_POLL: Final = 32 * 1024
"""Likewise: what is in bundles costs time, too. Twelve messages of 512 floats, a thousand of three."""
MOST_FRAMES: Final = 2048
"""Messages that are kept until they are taken; older ones are forgotten. Half a second at 4,000 a second."""
LONGEST_POLL_S: Final = 0.02
"""Messages that are read together came evenly since the poll before, but for no longer than this."""
MOST_CONTROLS: Final = 1024
"""Control messages of Wekinator that wait to be carried out; what is beyond is refused."""
MOST_DISCARDED: Final = 8192
"""More datagrams than the kernel keeps for `udp.KERNEL_OCTETS`."""


@dataclass(frozen=True)
class InputSettings:
    """Where inputs are received, and from which computers; see `server.OscSettings`.

    Attributes:
        host: an IPv4 address of this computer.
        port: UDP, 1 to 65535; 0 for any that is free.
        allow: other computers that may send.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    allow: tuple[str, ...] = ()


@dataclass
class InputCounts:
    """What arrived since the start.

    Attributes:
        datagrams: all of them.
        values: messages at the address of an input, with as many numbers as it has.
        controls: control messages of Wekinator that were taken.
        refused: messages that are not: of another address, of another length, or not of numbers.
        not_allowed: datagrams of computers that may not send.
    """

    datagrams: int = 0
    values: int = 0
    controls: int = 0
    refused: int = 0
    not_allowed: int = 0

    def all(self) -> dict[str, int]:
        """All of them, by name."""
        return asdict(self)


InputFrame = tuple[float, dict[str, tuple[float, ...]]]
"""When a message came, monotonic seconds, and the newest values of each input then, by its name."""


class InputServer:
    """The socket, the newest values, and each message that came.

    Args:
        settings: see there.

    Attributes:
        host, port: where it listens.
        counts: see there.
        refusal: the newest message that could not be used, and why, for a log; empty before the first.
        obeys: whether control messages of Wekinator are taken, see `take_controls`; else they are refused.

    Raises:
        UserError: the settings contradict each other, or the port cannot be used.
    """

    def __init__(self, settings: InputSettings) -> None:
        self._allow = AllowList(settings.allow, "inputs")
        self._socket = bound_socket(settings.host, settings.port, self._allow, "inputs")
        self.host, self.port = cast("Sender", self._socket.getsockname())
        self.counts = InputCounts()
        self.refusal = ""
        self.obeys = False
        self._controls: list[WekinatorMessage] = []
        self._setups: dict[str, InputSetup] = {}
        self._newest: dict[str, tuple[tuple[float, ...], float]] = {}  # by name: values, and when they came
        self._arrived: list[dict[str, tuple[float, ...]] | int] = []  # of one poll: inputs, and places of controls
        self._frames: deque[InputFrame] = deque(maxlen=MOST_FRAMES)
        self._polled_s = -math.inf

    def fileno(self) -> int:
        """For a poller: readable when something has arrived."""
        return self._socket.fileno()

    def follow(self, setups: Sequence[InputSetup]) -> None:
        """Takes these inputs from now on; one that stays as it was keeps its values.

        What came while there were none, and so was not polled, is no news, and is dropped.
        """
        if setups and not self._setups:
            self._discard()
        self._frames.clear()
        kept = set(setups) & set(self._setups.values())
        self._newest = {one.name: self._newest[one.name] for one in kept if one.name in self._newest}
        self._setups = {one.address: one for one in setups}

    def poll(self, now_s: float) -> bool:
        """Takes what has arrived; returns whether an input has a new value. Never raises or waits.

        Args:
            now_s: monotonic.
        """
        octets = 0
        self._arrived = []
        for _ in range(DATAGRAMS_A_POLL):
            try:
                datagram, sender = self._socket.recvfrom(MOST_OCTETS + 1)
            except BlockingIOError:
                break
            except OSError:  # some systems report here that an earlier answer had no receiver
                continue
            self.counts.datagrams += 1
            octets += len(datagram)
            if not self._allow.permits(sender[0]):
                self.counts.not_allowed += 1
                self.refusal = (
                    f"a datagram from {sender[0]}: inputs.allow in gesturesynth.yaml does not name this computer"
                )
                continue
            self.take(datagram, cast("Sender", sender), now_s)
            if octets >= OCTETS_A_POLL:
                break
        begun_s, self._polled_s = max(self._polled_s, now_s - LONGEST_POLL_S), now_s
        count, before = len(self._arrived), len(self._frames)
        step_s = (now_s - begun_s) / max(1, count)
        for place, one in enumerate(self._arrived, 1 - count):
            if isinstance(one, int):
                self._controls[one] = replace(self._controls[one], time_s=now_s + step_s * place)
            else:
                self._frames.append((now_s + step_s * place, one))
        return len(self._frames) > before or before == MOST_FRAMES

    def take_frames(self) -> list[InputFrame]:
        """Each message of an input that has come since the last call, in order."""
        taken = list(self._frames)
        self._frames.clear()
        return taken

    def take(self, datagram: bytes, sender: Sender, now_s: float) -> None:
        """Takes one datagram, whatever is in it."""
        for message in read(datagram):
            if self.obeys and message.address.startswith(PREFIX) and message.address not in self._setups:
                self._take_control(message, sender)
            else:
                self._take(message, sender, now_s)

    def take_controls(self) -> list[WekinatorMessage]:
        """The control messages that have arrived since the last call, in order."""
        taken, self._controls, self._arrived = self._controls, [], []
        return taken

    def values(self, now_s: float) -> dict[str, tuple[float, ...]]:
        """The newest values of each input that is not silent, by its name. What was not finite is NaN."""
        return {
            one.name: self._newest[one.name][0]
            for one in self._setups.values()
            if one.name in self._newest and now_s - self._newest[one.name][1] <= one.silent_after_s
        }

    def silent(self, now_s: float) -> tuple[str, ...]:
        """A sentence for each input that sends nothing now."""
        return tuple(
            f"input '{one.name}' is silent ({one.address} at port {self.port})"
            for one in self._setups.values()
            if one.name not in self.values(now_s)
        )

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def _discard(self) -> None:
        for _ in range(MOST_DISCARDED):
            try:
                self._socket.recv(1)
            except OSError:
                return

    def _take_control(self, message: NumberMessage | MalformedError, sender: Sender) -> None:
        if isinstance(message, MalformedError) and not isinstance(message, NotNumbersError):
            self._refuse(message.address, sender, str(message))
        elif len(self._controls) == MOST_CONTROLS:
            self._refuse(message.address, sender, f"{MOST_CONTROLS} control messages wait already")
        else:
            self.counts.controls += 1
            values = message.values if isinstance(message, NumberMessage) else None
            words = (message.values if isinstance(message, NotNumbersError) else values) or ()
            by = f"{sender[0]}:{sender[1]}"
            self._arrived.append(len(self._controls))
            self._controls.append(WekinatorMessage(clipped(message.address, 80), values, by, words))

    def _take(self, message: NumberMessage | MalformedError, sender: Sender, now_s: float) -> None:
        setup = self._setups.get(message.address)
        if isinstance(message, MalformedError):
            self._refuse(message.address, sender, str(message))
        elif setup is None:
            known = ", ".join(self._setups) or "none, since the preset has no inputs"
            self._refuse(message.address, sender, f"no input has this address; there are {known}")
        elif len(message.values) != setup.count:
            many = f"{len(message.values)} numbers, where input '{setup.name}' has {setup.count}"
            self._refuse(message.address, sender, many)
        else:
            self.counts.values += 1
            finite = all(map(math.isfinite, message.values))
            values = message.values if finite else tuple(v if math.isfinite(v) else math.nan for v in message.values)
            self._newest[setup.name] = values, now_s
            self._arrived.append(self.values(now_s) if len(self._setups) > 1 else {setup.name: values})

    def _refuse(self, address: str, sender: Sender, text: str) -> None:
        self.counts.refused += 1
        self.refusal = f"{clipped(address, 80) or 'a datagram'} from {sender[0]}:{sender[1]}: {clipped(text, 200)}"
