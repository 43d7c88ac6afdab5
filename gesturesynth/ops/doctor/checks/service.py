"""Checks of what runs: ports, processes, and the system service."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.config.preset import loader
from gesturesynth.control.osc.input_server import InputServer, InputSettings
from gesturesynth.control.osc.server import OscServer, OscSettings
from gesturesynth.core.errors import UserError
from gesturesynth.core.search_paths import child_environment, system_program
from gesturesynth.monitoring.health import Health
from gesturesynth.ops.doctor.finding import Examination, Finding, combine, fail, good, warn
from gesturesynth.ops.install import layout

HOST: Final = "127.0.0.1"
LIMIT_S: Final = 10.0
MANY_RESTARTS: Final = 3
BOOTED: Final = Path("/run/systemd/system")
"""This folder exists when systemd runs: sd_booted(3)."""
PROPERTIES: Final = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result")


# --------------------------------------------------------------------------------------------------------------- ports
def check_ports(examination: Examination) -> Finding:
    """The ports of OSC and of monitoring: free, or in use by the conductor that runs."""
    findings = []
    osc, metrics = examination.settings.osc, examination.settings.metrics
    if osc.enabled:
        text = ""
        try:
            OscServer(OscSettings(osc.host, osc.port, tuple(osc.allow))).close()
        except UserError as error:
            text = str(error)
        findings.append(judge_port(f"OSC, UDP {osc.host}:{osc.port}", text, running=examination.conductor is not None))
    inputs = examination.settings.inputs
    if inputs.enabled and wants_inputs(examination):
        text = ""
        try:
            InputServer(InputSettings(inputs.host, inputs.port, tuple(inputs.allow))).close()
        except UserError as error:
            text = str(error)
        where = f"inputs, UDP {inputs.host}:{inputs.port}"
        findings.append(judge_port(where, text, running=examination.conductor is not None))
    if metrics.enabled:
        where = f"monitoring, TCP {HOST}:{metrics.port}"
        findings.append(judge_port(where, _port_error(metrics.port), running=examination.conductor is not None))
    return combine(findings or [good("none is wanted")])


def wants_inputs(examination: Examination) -> bool:
    """Whether the preset of the settings has inputs; without any, their port is not opened."""
    try:
        return any(not one.midi for one in loader.load(loader.find(examination.settings.preset)).inputs)
    except UserError:  # the check of the preset says what is wrong with it
        return False


def _port_error(port: int) -> str:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
            trial.listen()
        except OSError as error:
            return f"TCP port {port}: {error.strerror}"
    return ""


def judge_port(port: str, error: str, *, running: bool) -> Finding:
    """`error` says why the port cannot be opened; empty where it can."""
    if not error:
        return good(f"{port} is free")
    if running:
        return good(f"{port} is in use, as it should be while Gesture Synth runs")
    return warn(
        f"{port} cannot be had ({error})",
        "All else will go on without it: end the other program, or choose another port in gesturesynth.yaml.",
    )


# ----------------------------------------------------------------------------------------------------------- processes
def check_processes(examination: Examination) -> Finding:
    """What runs now, as `gesturesynth status` judges it."""
    if examination.bus_error:
        return warn(examination.bus_error, "As this user only part of this computer can be examined.")
    return judge_health(examination.health)


def judge_health(health: Health | None) -> Finding:
    """None means that no process runs."""
    if health is None:
        return good("nothing runs here now")
    restarts = {name: one.restarts for name, one in health.processes.items() if one.restarts > MANY_RESTARTS}
    speaking = [name for name, one in health.processes.items() if one.pid and one.state in ("ok", "waiting")]
    findings = [good(f"{', '.join(speaking)} run" if speaking else "nothing speaks")]
    if health.problems:
        findings.append(fail("; ".join(health.problems), "`gesturesynth status --watch` shows whether it passes."))
    if restarts:
        often = ", ".join(f"{name} {count} times" for name, count in restarts.items())
        fault = f"; last: {health.last_fault.text}" if health.last_fault else ""
        findings.append(warn(f"started again: {often}{fault}", "The log says why each time."))
    return combine(findings)


# --------------------------------------------------------------------------------------------------- the system service
@dataclass(frozen=True)
class Unit:
    """The state of one unit of systemd.

    Attributes:
        name: without `gesturesynth-` and `.service`.
        loaded: whether there is such a unit.
        active: as in `systemctl show`: `active`, `failed`, ...
        enabled: as there: `enabled`, `disabled`, `static`, ...
        restarts: how often systemd has started it again.
    """

    name: str
    loaded: bool
    active: str = ""
    enabled: str = ""
    restarts: int = 0


def check_service(_: Examination) -> Finding:
    """The units, where they are installed."""
    if system_program("systemctl") is None or not BOOTED.is_dir():
        return good("no systemd runs here; `gesturesynth run` looks after its processes itself")
    names = ["target", *layout.PROCESSES, *layout.OPTIONAL]
    try:
        return judge_service([_unit(name) for name in names])
    except (OSError, subprocess.SubprocessError) as error:
        return warn(f"systemd does not answer this user: {error}", "Try as root: sudo gesturesynth doctor service")


def _unit(name: str) -> Unit:
    unit = layout.TARGET if name == "target" else layout.unit(name)
    done = subprocess.run(
        [system_program("systemctl") or "/usr/bin/systemctl", "show", unit, f"--property={','.join(PROPERTIES)}"],
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    facts = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    if "LoadState" not in facts:
        raise OSError(done.stderr.strip() or f"systemctl left with exit code {done.returncode}")
    return unit_of(name, facts)


def unit_of(name: str, facts: Mapping[str, str]) -> Unit:
    """From the properties that `systemctl show` prints."""
    count = facts.get("NRestarts", "")
    return Unit(
        name,
        facts.get("LoadState") == "loaded",
        facts.get("ActiveState", ""),
        facts.get("UnitFileState", ""),
        int(count) if count.isdecimal() else 0,
    )


def judge_service(units: Sequence[Unit]) -> Finding:
    """Whether all units run, and start again with this computer."""
    by_name = {unit.name: unit for unit in units}
    target = by_name["target"]
    if not target.loaded:
        return good("not installed as a system service (`gesturesynth service install` does it)")
    asked = [unit for unit in units if unit.name not in layout.ASKED_FOR or unit.enabled == "enabled"]
    processes = [unit for unit in asked if unit.name not in ("target", layout.JACKD)]
    findings = [good(f"installed, {target.enabled or 'not enabled'}, {target.active}")]
    if target.enabled != "enabled":
        findings.append(warn("it does not start with the computer", f"sudo systemctl enable --now {layout.TARGET}"))
    down = [unit for unit in processes if unit.active not in ("active", "activating", "reloading")]
    if target.active == "active" and down:
        named = ", ".join(f"{unit.name} ({unit.active or 'not loaded'})" for unit in down)
        findings.append(fail(f"not running: {named}", "The log says why: `gesturesynth service logs`"))
    elif target.active != "active":
        findings.append(warn("it is stopped", f"sudo systemctl start {layout.TARGET}"))
    often = [unit for unit in units if unit.restarts > MANY_RESTARTS]
    if often:
        named = ", ".join(f"{unit.name} {unit.restarts} times" for unit in often)
        findings.append(warn(f"started again: {named}", "The log says why each time: `gesturesynth service logs`"))
    return combine(findings)
