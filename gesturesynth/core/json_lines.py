"""Lines of facts that a child process writes: JSON objects, later ones over earlier ones."""

from __future__ import annotations

import json
from typing import Any


def parse_json_lines(output: bytes) -> dict[str, Any]:
    """All facts in what a child has written; what is no JSON object, such as half a line, is left out."""
    found: dict[str, Any] = {}
    for line in output.splitlines():
        try:
            part = json.loads(line)
        except ValueError:
            continue
        if isinstance(part, dict):
            found |= part
    return found
