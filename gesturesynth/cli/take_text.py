"""Takes as text, for people. Pure."""

from __future__ import annotations


def state_text(*, deleted: bool, off: bool, trimmed: tuple[float, float] | None) -> str:
    """What of a take does not count; empty when all of it does."""
    part = f"trimmed to {trimmed[0]:g} to {trimmed[1]:g} s" if trimmed else ""
    return ", ".join(filter(None, ("deleted" * deleted, "off" * off, part)))


def made_text(made_utc: str) -> str:
    """A time as it is stored, without its zone, which is UTC."""
    return made_utc.removesuffix("+00:00").replace("T", " ")
