"""Words for people and for journals: one event a line, with its facts as fields.

A process writes to its standard error: coloured lines in a terminal, `key=value` lines in a pipe, JSON lines when asked
(and always from a child to its supervisor, which prints them again in its own way). To systemd's journal, which knows
time and process by itself, it writes the words, then the facts, with the priority in front (sd-daemon(3)).
"""

from __future__ import annotations

import logging
import os
import re
import sys
from contextlib import suppress
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gesturesynth.service import SUPERVISED

Level = Literal["debug", "info", "warning", "error"]
LEVELS: Final[dict[Level, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
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
    """How much a log line of a native library matters to us; None when it has no form that is known.

    What such a library calls information is about itself: `debug` to us.
    """
    match = _NATIVE.match(line)
    return _NATIVE_LEVELS[match["letter"] or match["word"]] if match else None


def configure(process: str, level: Level = "info", *, json_lines: bool = False, stream: TextIO | None = None) -> None:
    """Sets up logging for this process.

    Args:
        process: named in every line: `tracker`, `engine`, ...
        level: what is below it is not written.
        json_lines: one JSON object a line.
        stream: where to; standard error by default.
    """
    out = stream or sys.stderr
    as_json = json_lines or bool(os.environ.get(SUPERVISED))
    for_eyes = out.isatty() and not as_json

    def name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", process)
        return event

    renderer: Processor
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    elif for_eyes:
        renderer = structlog.dev.ConsoleRenderer(colors=True, pad_event_to=0, pad_level=False)
    elif goes_to_journal(out):
        renderer = _for_journal
    else:
        renderer = structlog.processors.LogfmtRenderer(key_order=["time", "level", "process", "event"])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            # ConsoleRenderer wants `timestamp`; a terminal shows today, a journal any day.
            structlog.processors.TimeStamper(
                fmt="%H:%M:%S" if for_eyes else "iso", utc=not for_eyes, key="timestamp" if for_eyes else "time"
            ),
            name_process,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        cache_logger_on_first_use=False,
    )
    write_to(out)


def goes_to_journal(stream: TextIO) -> bool:
    """Whether what is written to `stream` arrives in systemd's journal (JOURNAL_STREAM in systemd.exec(5))."""
    journal = os.environ.get("JOURNAL_STREAM", "")
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return journal == f"{there.st_dev}:{there.st_ino}"


def with_priority(words: str, level: str) -> str:
    """Words for the journal, which takes each line for itself."""
    return "\n".join(f"<{PRIORITIES.get(level, 6)}>{line}" for line in words.splitlines() or [""])


def _for_journal(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    level = str(event.pop("level", "info"))
    words = str(event.pop("event", ""))
    trace = str(event.pop("exception", ""))
    for known in ("time", "process"):
        event.pop(known, None)
    facts = structlog.processors.LogfmtRenderer()(_logger, _method, event)
    text = f"{words} ({facts})" if facts else words
    return with_priority(f"{text}\n{trace}" if trace else text, level)


def write_to(stream: TextIO) -> None:
    """Sends lines to `stream`. What cannot be written (a full disk, a pipe or terminal that has closed) is lost."""
    structlog.configure(logger_factory=lambda *_: _Lines(stream))


class _Lines(structlog.PrintLogger):
    """Prints lines, and never stops the work for one that cannot be printed."""

    def msg(self, message: str) -> None:
        """Prints a line."""
        # ValueError: the stream was closed.
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def open_missing_streams() -> None:
    """Gives a program that was started with closed standard streams (`2>&-`) streams that lead nowhere.

    Without them the next file that is opened, a socket or a camera, gets number 2, and native code writes its words
    into it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is not None:
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        setattr(sys, name, os.fdopen(number, mode, closefd=False))


def get() -> structlog.typing.FilteringBoundLogger:
    """A logger: `log.info("camera opened", device=..., fps=...)`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
