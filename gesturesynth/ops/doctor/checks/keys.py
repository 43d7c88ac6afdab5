"""The check of keys for poses over the network: whether the needed ones are there, who may read them, their age."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gesturesynth.config.settings.remote import remote_trackers
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.ops.doctor.checks.files import AS_ROOT
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.remote_poses.allowed_keys import AllowedKey, allowed_file, read_allowed
from gesturesynth.remote_poses.keys import own_key, own_key_file

OLD_DAYS: Final = 730
NEW_KEY: Final = "gesturesynth keys new; for the system service: sudo gesturesynth keys new --service"
ROTATE: Final = "Make another and allow it where it is used: docs/network-trackers.md, `Rotation`."


@dataclass(frozen=True)
class KeyFacts:
    """What is known about the keys.

    Attributes:
        needed: whether the settings publish poses or name trackers on other computers.
        publishes: whether they publish poses.
        own_mode: of the file of the own key; None without one. `list_mode` likewise of the list.
        own_made: when the own key was made, ISO 8601; empty where it cannot be read.
        own_error: why it cannot be read; `list_error` likewise.
        allowed: who may receive.
        of_service: whether the list is that of the system service, which reads it as a member of its group.
    """

    needed: bool
    publishes: bool
    own_mode: int | None = None
    own_made: str = ""
    own_error: str = ""
    list_mode: int | None = None
    list_error: str = ""
    allowed: Sequence[AllowedKey] = ()
    of_service: bool = False


def check_keys(examination: Examination) -> Finding:
    """The keys in the config folder."""
    settings = examination.settings
    publishes = bool(settings.publish.address)
    own_made = own_error = list_error = ""
    allowed: tuple[AllowedKey, ...] = ()
    folder = allowed_file().parent
    of_service = folder.parent == paths.SYSTEM_CONFIG
    if of_service and folder.is_dir() and os.geteuid() != 0:
        return warn(f"{folder} is the system service's", AS_ROOT)
    own_mode, list_mode = (_mode(file) for file in (own_key_file, allowed_file))
    if own_mode is not None:
        try:
            own_made = own_key().made
        except UserError as error:
            own_error = str(error)
    try:
        allowed = read_allowed()
    except UserError as error:
        list_error = str(error)
    needed = publishes or bool(remote_trackers(settings.trackers))
    facts = KeyFacts(
        needed, publishes, own_mode, own_made, own_error, list_mode, list_error, allowed, of_service=of_service
    )
    return judge_keys(facts, datetime.now(tz=UTC))


def _mode(file: Callable[[], Path]) -> int | None:
    try:
        return file().stat().st_mode & 0o777
    except OSError:
        return None


def judge_keys(facts: KeyFacts, now: datetime) -> Finding:
    """Whether the keys are there, closed to others, and not too old."""
    if facts.own_mode is None:
        if facts.needed:
            return fail("this computer has no key, and its settings need one", NEW_KEY)
        return good("this computer has no key: poses stay on it")
    if facts.own_error:
        return fail(facts.own_error, "Only its user may read it; a damaged one: `gesturesynth keys new --replace`")
    findings = [good(f"own key of {facts.own_made[:10] or 'unknown age'}, mode {facts.own_mode:04o}")]
    if _age_days(facts.own_made, now) > OLD_DAYS:
        findings.append(warn(f"the key of this computer is older than {OLD_DAYS} days", ROTATE))
    if facts.list_error:
        return combine([*findings, fail(facts.list_error, "Correct the line, or allow the computers again.")])
    if facts.list_mode is not None and facts.list_mode & 0o027:
        advice = f"chmod {'640' if facts.of_service else '600'} {allowed_file()}"
        findings.append(fail(f"others may change or read the list of keys (mode {facts.list_mode:04o})", advice))
    old = [entry.name for entry in facts.allowed if _age_days(entry.since, now) > OLD_DAYS]
    if old:
        findings.append(warn(f"allowed for more than {OLD_DAYS} days: {', '.join(old)}", ROTATE))
    if facts.publishes and not facts.allowed:
        findings.append(warn("poses are published, and no computer is allowed", "gesturesynth keys allow NAME KEY"))
    elif facts.allowed:
        findings.append(good(f"allowed: {', '.join(entry.name for entry in facts.allowed)}"))
    return combine(findings)


def _age_days(stamp: str, now: datetime) -> float:
    """Infinite where it is not known."""
    try:
        return (now - datetime.fromisoformat(stamp)).total_seconds() / 86400
    except (ValueError, TypeError):
        return float("inf")
