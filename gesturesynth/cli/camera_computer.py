"""`tracker --publish`: a computer with a camera that plays nothing itself; tracker and pose server under a supervisor.

This process only supervises: it never has a picture, and opens no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gesturesynth.cli.flags import CameraFlags, OutputFlags, as_flags, chosen_settings
from gesturesynth.cli.foreground import raise_on_stop_signals
from gesturesynth.cli.run import POLL_S, child_specs, prepare, single_instance
from gesturesynth.core import log
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.supervisor import Supervisor


def run_camera_computer(config: Path | None, camera: CameraFlags, address: str, output: OutputFlags) -> int:
    """Runs both processes until Ctrl-C or SIGTERM.

    Returns:
        The exit code: 0 after a stop on request, or that of a process that cannot start as its user wants.

    Raises:
        UserError: the address, the source or the key cannot be used, or Gesture Synth runs in this runtime folder.
        GestureSynthError: the pose model cannot be downloaded.
    """
    raise_on_stop_signals()
    chosen = chosen_settings(config, camera).with_overrides({"publish.address": address})
    prepare(chosen)
    level: log.Level = "warning" if output.quiet else output.log_level
    arguments = {
        "tracker": as_flags(config, camera),
        "pose-server": [*as_flags(config), f"--address={chosen.publish.address}"],
    }
    with single_instance(), Service() as service:
        supervisor = Supervisor(child_specs(arguments, level), _print_again)
        try:
            service.ready("publishing poses")
            while not service.stopping and supervisor.refused is None:
                supervisor.poll(POLL_S)
                service.heartbeat()
        finally:
            supervisor.stop()
    return supervisor.refused or 0


def _print_again(process: str, fields: Mapping[str, Any]) -> None:
    """A log line of one of the processes, in the format of this one."""
    level = str(fields.get("level", "info"))
    rest = {key: value for key, value in fields.items() if key not in ("event", "level", "time", "process")}
    getattr(log.get(), level if level in log.LEVELS else "warning")(str(fields["event"]), process=process, **rest)
