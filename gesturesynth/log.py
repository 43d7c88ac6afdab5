"""Words for people and for journals: one event a line, with its facts as fields.

A process writes to its standard error: coloured lines in a terminal, `key=value` lines in a pipe or a journal, JSON
lines when asked (and always from a child to its supervisor, which prints them again in its own way).
"""

from __future__ import annotations

import logging
import os
import sys
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

    def name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", process)
        return event

    renderer: Processor
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    elif out.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=True, pad_event_to=0)
    else:
        renderer = structlog.processors.LogfmtRenderer(key_order=["time", "level", "process", "event"])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", key="timestamp" if out.isatty() and not as_json else "time"),
            name_process,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )


def get() -> structlog.typing.FilteringBoundLogger:
    """A logger: `log.info("camera opened", device=..., fps=...)`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
