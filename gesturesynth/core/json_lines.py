"""JSON Lines that a child process writes to report results: an object a line, later ones over earlier ones.

A module of its own, because two packages read it: `synthesis` (the device probe) and `ops` (probes of the doctor).
"""

from __future__ import annotations

import json
from typing import Any


def parse_json_lines(output: bytes) -> dict[str, Any]:
    """The keys and values of all objects in `output`; what is no JSON object, such as half a line, is left out."""
    found: dict[str, Any] = {}
    for line in output.splitlines():
        try:
            part = json.loads(line)
        except ValueError:
            continue
        if isinstance(part, dict):
            found |= part
    return found
