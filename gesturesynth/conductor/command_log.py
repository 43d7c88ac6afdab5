"""Log lines about commands: one line for each message of the session, as far as its sender may fill the log."""

from __future__ import annotations

from gesturesynth.conductor.background_jobs import Requester
from gesturesynth.conductor.log_line_limit import LogLineLimit
from gesturesynth.control.session.events import ShowMessage
from gesturesynth.control.session.guards import without_port
from gesturesynth.core import log


class CommandLog:
    """Writes messages of the session, with the sender of the command in the field `by`."""

    def __init__(self) -> None:
        self._log = log.get()
        self._limit = LogLineLimit()

    def write(self, message: ShowMessage, requester: Requester | None, now_s: float, *, quiet: bool) -> None:
        """Writes one message.

        Args:
            message: of the session.
            requester: of the command; None, or without a sender, where no command led to the message.
            now_s: monotonic seconds.
            quiet: whether the level is `debug`, unless the message is an error.
        """
        sender = requester.sender if requester else ""
        by = {"by": sender} if sender else {}
        if sender:
            event = "command refused" if message.failed else "command answered"
        else:
            event = "session error reported" if message.failed else "session changed"
        if quiet and not message.failed:
            self._log.debug(event, message=message.text, **by)
        elif self._limit.allows(without_port(sender), now_s):
            (self._log.warning if message.failed else self._log.info)(event, message=message.text, **by)

    def write_omitted(self, now_s: float) -> None:
        """Writes how many lines were left out, from time to time."""
        for sender, lines in self._limit.left_out(now_s):
            self._log.info("log lines omitted", by=sender or "others", lines=lines)
