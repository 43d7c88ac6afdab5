"""Subscriptions over OSC: who is sent what, where, and how much before the receiver is proved.

Pure: time is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from gesturesynth.control.arguments import Value, shown
from gesturesynth.control.command_table import Command
from gesturesynth.control.commands import CommandError
from gesturesynth.control.osc.addresses import CONFIRM, DEFAULT_RATE_HZ, UNSUBSCRIBE
from gesturesynth.control.osc.limits import HOST_SUBSCRIBERS, OWN_SUBSCRIBERS, USUAL, Leases, Sender, host_of
from gesturesynth.control.osc.receiver_proof import UNPROVEN_OCTETS, ReceiverProofs, is_this_computer
from gesturesynth.control.osc.streams import StreamRequest, stream_names

LOWEST_PORT: Final = 1024
"""To which is sent: lower ones belong to services of the system."""


class Subscriptions:
    """The commands `subscribe`, `unsubscribe` and `confirm`.

    Args:
        secret: random bytes, see `ReceiverProofs`.
        own: whether an address is that of the own socket.
        joints: whether programs of other computers may have them.

    Attributes:
        leases: who is sent what.
        proofs: who has shown that it receives what it is sent.
    """

    def __init__(self, secret: bytes, own: Callable[[Sender], bool], *, joints: bool = False) -> None:
        self.leases = Leases()
        self.proofs = ReceiverProofs(secret)
        self._is_own = own
        self._joints = joints

    def execute(self, command: Command, values: Sequence[Value], sender: Sender, now_s: float) -> tuple[str, int]:
        """Carries out one of the commands.

        Returns:
            The text of its answer, and a number to be sent after it, which the sender has to send back; 0 for none.

        Raises:
            CommandError: it cannot be done.
        """
        if command is CONFIRM:
            return self._confirm(values, sender, now_s), 0
        return self._lease(command, values, sender, now_s)

    def _confirm(self, values: Sequence[Value], sender: Sender, now_s: float) -> str:
        """A number comes back; returns the text of the answer."""
        checked = _checked(CONFIRM, values)
        if not checked:
            raise CommandError(f"'confirm' takes 1 value, not 0: {CONFIRM.usage}")
        if not self.proofs.confirm(sender, int(checked[0]), now_s):
            raise CommandError("This is not the number that was sent to this address and port; subscribe for another.")
        return f"{sender[0]}:{sender[1]} receives what it is sent"

    def _lease(self, command: Command, values: Sequence[Value], sender: Sender, now_s: float) -> tuple[str, int]:
        """Subscribes or unsubscribes; returns text and number."""
        checked = _checked(command, values)
        host, port = sender[0], int(checked[0]) if checked and checked[0] else sender[1]
        if port < LOWEST_PORT and checked and checked[0]:
            raise CommandError(
                f"'{command.name}': PORT must be a whole number from {LOWEST_PORT} to 65535, or 0, not {port}."
            )
        if port != sender[1] and not is_this_computer(host):
            raise CommandError(
                f"'{command.name}': PORT must be {sender[1]}, the port that you send from; only a program of this "
                "computer may name another one."
            )
        if command is UNSUBSCRIBE:
            if not self.leases.drop((host, port)):
                raise CommandError(f"Nothing is sent to {host}:{port}; give the port that you subscribed.")
            return f"sending no more to {host}:{port}", 0
        if self._is_own((host, port)):
            raise CommandError(f"{port} is the port that this program listens on; give the one that you listen on.")
        self._check_places((host, port), now_s)
        rate_hz = float(checked[1]) if len(checked) > 1 else DEFAULT_RATE_HZ
        request = self._request(checked, host)
        if not self.leases.renew((host, port), rate_hz, now_s, request):
            raise CommandError(f"{len(self.leases)} have subscribed already, and no more can; try again later.")
        text = f"sending to {host}:{port} {rate_hz:g} times a second for {self.leases.length_s:g} s"
        if request != USUAL:
            text += f": {request.text}"
        if not self.proofs.proven(sender, now_s):
            text += f"; at most {UNPROVEN_OCTETS} bytes, until the number comes back that follows ({CONFIRM.address})"
        number = self.proofs.number(sender, now_s) if self.proofs.due(sender, now_s) else 0
        return text, number

    def _request(self, checked: Sequence[Value], host: str) -> StreamRequest:
        """What a subscriber wants. Raises CommandError where it cannot have that."""
        if len(checked) <= 2:
            return USUAL
        request = StreamRequest(stream_names(str(checked[2])), float(checked[3]) if len(checked) > 3 else 0.0)
        if request.skeleton and not (self._joints or is_this_computer(host)):
            raise CommandError(
                "Where joints are is not sent to other computers; `osc: {joints: true}` in gesturesynth.yaml allows it."
            )
        return request

    def _check_places(self, receiver: Sender, now_s: float) -> None:
        """Raises CommandError when all places that a receiver's host may have are taken by others of that host."""
        host = host_of(receiver[0])
        here = is_this_computer(host)
        taken = self.leases.of(is_this_computer if here else lambda address: host_of(address) == host, now_s)
        most = OWN_SUBSCRIBERS if here else HOST_SUBSCRIBERS
        if receiver not in taken and len(taken) >= most:
            where = "this computer" if here else host
            raise CommandError(
                f"{len(taken)} of {where} have subscribed already, and no more of one computer can; try again later."
            )


def _checked(command: Command, values: Sequence[Value]) -> tuple[Value, ...]:
    """The values of `subscribe`, `unsubscribe` or `confirm`, which may be left out. Raises CommandError."""
    if len(values) > len(command.arguments):
        raise CommandError(
            f"'{command.name}' takes at most {len(command.arguments)} values, not {len(values)}: {command.usage}"
        )
    checked: list[Value] = []
    for argument, value in zip(command.arguments, values, strict=False):
        accepted = argument.accepted(value, read_texts=True)
        if accepted is None:
            raise CommandError(f"'{command.name}': {argument.name} must be {argument.range}, not {shown(value)}.")
        checked.append(accepted)
    return tuple(checked)
