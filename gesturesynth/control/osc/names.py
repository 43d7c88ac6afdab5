"""Names as parts of OSC addresses. Pure."""

from __future__ import annotations

import re


def safe_name(name: str) -> str:
    """A name as a part of an address: what OSC reserves becomes an underscore."""
    return re.sub(r"[^!-~]|[#*,/?\[\]{}]", "_", name) or "_"


def path_of(name: str) -> str:
    """A name as a part of an address; that of another voice keeps its number before it: `2/pitch`."""
    return "/".join(map(safe_name, name.split("/")))
