"""Runs a probe in a process of its own: what may hang or crash is tried there, and the facts until then count."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.core.search_paths import child_environment, python_command


@dataclass(frozen=True)
class ProbeReport:
    """The output of a probe.

    Attributes:
        facts: all facts that it wrote, later lines over earlier ones.
        ended: how it ended, when it was not in order: `was ended by SIGSEGV`, `did not answer within 20 s`.
        stderr_text: the end of its standard error, at most 2000 characters.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    ended: str = ""
    stderr_text: str = ""


def run_probe(module: str, arguments: Sequence[str], limit_s: float) -> ProbeReport:
    """Runs `python -m module`, which writes lines of JSON objects, and waits for at most `limit_s`."""
    with subprocess.Popen(
        python_command("-m", module, *arguments),
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        ended = ""
        try:
            output, errors = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            ended = f"did not answer within {limit_s:g} s"
    code = process.returncode
    if not ended and code:
        ended = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"left with exit code {code}"
    return ProbeReport(parse_json_lines(output), ended, errors.decode(errors="replace").strip()[-2000:])


def emit(**facts: object) -> None:
    """Writes a line of facts at once. For the probe itself."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def last_line(text: str) -> str:
    """The last line of a process's output: of a traceback the one with the error."""
    return text.splitlines()[-1].strip() if text else ""
