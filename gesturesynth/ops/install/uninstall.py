"""`gesturesynth service uninstall`: removes what `install` has installed, but not settings and examples."""

from __future__ import annotations

import pwd
import shlex
from collections.abc import Callable

from gesturesynth.ops.install.apparmor import remove_profile
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.install import UDEV, is_ours
from gesturesynth.ops.install.layout import ASKED_FOR, GROUP, OPTIONAL, PROCESSES, TARGET, UNITS, USERS, Layout, unit
from gesturesynth.ops.install.systemctl import run_system_command, states, systemctl


def uninstall(layout: Layout, report: Callable[[str], None], *, purge: bool = False) -> None:
    """Stops and removes the service.

    Args:
        layout: where it is installed.
        report: gets a line for each step.
        purge: also remove settings, presets, examples and users.

    Raises:
        GestureSynthError: the system refused something; the steps before it stay done.
    """
    installer = FileInstaller(report)
    if not layout.staged:
        _stop_units(installer)
    if _remove_units(layout, installer) and not layout.staged:
        systemctl("daemon-reload")
    if installer.remove(layout.rules) and not layout.staged and UDEV.exists():
        run_system_command("udevadm", "control", "--reload")
    remove_profile(layout, installer)
    installer.remove(layout.users)
    installer.remove(layout.cache)
    if purge:
        _purge(layout, installer)
    if layout.launcher.exists() and is_ours(layout.launcher):
        installer.remove(layout.launcher)
    installer.remove(layout.program)  # last: it may be the one that runs here
    kept: list[str] = []
    if not purge:
        kept = [str(folder) for folder in (layout.config, layout.state) if folder.exists()]
        if kept:
            report(f"kept: {' and '.join(kept)} (settings, presets, all that was taught), and the users they belong to")
    if not installer.changes:
        report("nothing was installed")
    if not purge and kept:
        report(f"to remove these for good, too: {purge_line(layout)}")


def purge_line(layout: Layout) -> str:
    """A command for the shell that removes what `uninstall` keeps, for the time when the program itself is gone."""
    folders = shlex.join(["rm", "-rf", str(layout.config), str(layout.state), str(layout.page_state)])
    if layout.staged:
        return folders
    users = "; ".join(f"userdel {user}" for user in USERS)
    groups = "; ".join(f"groupdel {group}" for group in (*USERS[1:], GROUP))
    # userdel removes most groups with their users: a group that is gone already is no error.
    return f"sudo sh -c {shlex.quote(f'{folders}; {users}; {groups} 2>/dev/null; true')}"


def _stop_units(installer: FileInstaller) -> None:
    units = [one for one in states([TARGET, *(unit(process) for process in (*PROCESSES, *OPTIONAL))]) if one.loadable]
    running = [one.name for one in units if one.active not in ("inactive", "failed")]
    if running:
        systemctl("stop", *running)
        installer.changed(f"stopped {', '.join(running)}")
    enabled = [one.name for one in units if one.enabled == "enabled"]
    if enabled:
        systemctl("disable", *enabled)
        installer.changed(f"disabled {', '.join(enabled)}")


def _remove_units(layout: Layout, installer: FileInstaller) -> bool:
    gone = [installer.remove(layout.units / name) for name in UNITS]
    for process in (*PROCESSES, *ASKED_FOR):
        file = layout.network_drop_in(process)
        if installer.remove(file) and not any(file.parent.iterdir()):
            installer.remove(file.parent)
    return any(gone)


def _purge(layout: Layout, installer: FileInstaller) -> None:
    installer.remove(layout.config)
    installer.remove(layout.state)
    installer.remove(layout.page_state)
    if layout.staged:
        return
    known = {one.pw_name for one in pwd.getpwall()}
    for user in USERS:
        if user in known:
            run_system_command("userdel", user)
            installer.changed(f"removed the user {user}")
    for group in (*USERS[1:], GROUP):
        _remove_group(group, installer)


def _remove_group(name: str, installer: FileInstaller) -> None:
    import grp  # noqa: PLC0415 - not on every system

    if name in {one.gr_name for one in grp.getgrall()}:
        run_system_command("groupdel", name)
        installer.changed(f"removed the group {name}")
