"""Log lines for people and for journals: one event a line, with fields for what varies.

A process writes to its standard error: coloured lines in a terminal, `key=value` lines in a pipe, JSON lines when asked
(and always from a child to its supervisor, which prints them again in its own format). To systemd's journal, which
knows time and process by itself, it writes the event, then the fields, with the priority in front (sd-daemon(3)).
"""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TextIO

if TYPE_CHECKING:
    import structlog
    from structlog.typing import EventDict, Processor, WrappedLogger

    from gesturesynth.core.recent_log import RecentLog

Level = Literal["debug", "info", "warning", "error"]
LEVELS: Final[dict[Level, int]] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
"""As in the standard library's `logging`."""
PRIORITIES: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""Of syslog(3), by level."""


_NATIVE: Final = re.compile(
    r"(?P<letter>[IWEF])\d{4} [\d:.]+ +\d+ \S+:\d+\] "  # absl and glog: `I0000 00:00:1795703768.41  12174 a.cc:33] `
    r"|(?P<word>VERBOSE|DEBUG|INFO|WARNING|ERROR|FATAL): "  # TensorFlow Lite, and LiteRT: `INFO: [file.cc:36] `
)
_NATIVE_LEVELS: Final[dict[str, Level]] = {
    "VERBOSE": "debug",
    "DEBUG": "debug",
    "INFO": "debug",
    "I": "debug",
    "WARNING": "warning",
    "W": "warning",
    "ERROR": "error",
    "E": "error",
    "FATAL": "error",
    "F": "error",
}


def native_level(line: str) -> Level | None:
    """The level of a log line of a native library; None when its form is not known.

    What such a library calls information is about the library itself: `debug` here.
    """
    match = _NATIVE.match(line)
    return _NATIVE_LEVELS[match["letter"] or match["word"]] if match else None


def configure(
    process: str,
    level: Level = "info",
    *,
    json_lines: bool = False,
    stream: TextIO | None = None,
    recent: RecentLog | None = None,
) -> None:
    """Sets up logging for this process.

    Args:
        process: its name, a field of every line: `tracker`, `engine`, ...
        level: lines below it are not written.
        json_lines: one JSON object a line.
        stream: where lines are written; standard error by default.
        recent: gets every line, too.
    """
    import structlog  # noqa: PLC0415 - verbs that write no log do not wait for it

    from gesturesynth.core.environment import SUPERVISED  # noqa: PLC0415 - likewise

    out = stream or sys.stderr
    as_json = json_lines or bool(os.environ.get(SUPERVISED))
    for_terminal = out.isatty() and not as_json

    def name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", process)
        return event

    renderer: Processor
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=not _is_utf8(out))
    elif for_terminal:
        renderer = structlog.dev.ConsoleRenderer(colors=True, pad_event_to=0, pad_level=False)
    elif goes_to_journal(out):
        renderer = _render_for_journal
    else:
        renderer = structlog.processors.LogfmtRenderer(key_order=["time", "level", "process", "event"])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            # ConsoleRenderer wants `timestamp`; a terminal shows today, a journal any day.
            structlog.processors.TimeStamper(
                fmt="%H:%M:%S" if for_terminal else "iso",
                utc=not for_terminal,
                key="timestamp" if for_terminal else "time",
            ),
            name_process,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            *([_keeper(recent)] if recent else []),
            *([_join_message] if for_terminal or renderer is _render_for_journal else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        cache_logger_on_first_use=False,
    )
    write_to(out)


def _keeper(recent: RecentLog) -> Processor:
    """A processor that gives each line to `recent`, and leaves it as it is."""

    def keep(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        fields = {name: value for name, value in event.items() if name not in ("time", "timestamp")}
        recent.add(datetime.now(tz=UTC).isoformat(timespec="milliseconds"), fields)
        return event

    return keep


def _join_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """For people: `preset refused` and its field `message`, a sentence, are one text."""
    if message := event.pop("message", ""):
        event["event"] = f"{event['event']}: {message}"
    return event


def _is_utf8(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def goes_to_journal(stream: TextIO) -> bool:
    """Whether what is written to `stream` arrives in systemd's journal (JOURNAL_STREAM in systemd.exec(5))."""
    journal = os.environ.get("JOURNAL_STREAM", "")
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return journal == f"{there.st_dev}:{there.st_ino}"


def with_priority(text: str, level: str) -> str:
    """Text for the journal, which takes each line by itself: every line begins with the priority."""
    return "\n".join(f"<{PRIORITIES.get(level, 6)}>{line}" for line in text.splitlines() or [""])


def _render_for_journal(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    import structlog  # noqa: PLC0415 - see `configure`

    level = str(event.pop("level", "info"))
    name = str(event.pop("event", ""))
    trace = str(event.pop("exception", ""))
    for known in ("time", "process"):
        event.pop(known, None)
    fields = structlog.processors.LogfmtRenderer()(_logger, _method, event)
    text = f"{name} ({fields})" if fields else name
    return with_priority(f"{text}\n{trace}" if trace else text, level)


def write_to(stream: TextIO) -> None:
    """Sends lines to `stream`. What cannot be written (a full disk, a pipe or terminal that has closed) is lost."""
    import structlog  # noqa: PLC0415 - see `configure`

    structlog.configure(logger_factory=lambda *_: _Lines(stream))


class _Lines:
    """Prints lines; one that cannot be printed is dropped, and the process works on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, message: str) -> None:
        """Prints a line."""
        # ValueError: the stream was closed.
        with suppress(OSError, ValueError):
            self._stream.write(f"{message}\n")
            self._stream.flush()

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def open_missing_streams() -> None:
    """Gives a program that was started with closed standard streams (`2>&-`) streams to the null device.

    Without them the next file that is opened, a socket or a camera, gets number 2, and native code writes its
    messages into it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is not None:
            continue
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        setattr(sys, name, os.fdopen(number, mode, closefd=False))


def tolerate_any_text() -> None:
    """Has the standard streams write every text, also to a terminal or a pipe that knows nothing but ASCII.

    What they cannot write becomes a question mark, on standard output always (names of files need not be text), on
    standard error where a person looks at it. In a pipe that is a backslash and the character's code, as Python does.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream is not sys.stderr or stream.isatty()):
            stream.reconfigure(errors="replace")


def get() -> structlog.typing.FilteringBoundLogger:
    """A logger: `log.info("camera opened", device=..., fps=...)`.

    An event is a noun and a past participle, always the same text. What varies is in fields; a whole sentence for
    people is in the field `message`, which is written behind the event.
    """
    import structlog  # noqa: PLC0415 - see `configure`

    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
