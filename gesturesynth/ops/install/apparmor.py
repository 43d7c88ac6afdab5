"""The AppArmor profile that allows our tracker a user namespace: put in place and loaded, where AppArmor runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.layout import MODE, Layout, parts_dir
from gesturesynth.ops.install.systemctl import run_system_command

PROFILE: Final = "apparmor-gesturesynth"
KNOWS_USERNS: Final = "/etc/apparmor.d/abi/4.0"
"""There where AppArmor has rules for user namespaces (4.0 and later); older ones refuse the whole file."""
ACTIVE: Final = Path("/sys/kernel/security/apparmor/profiles")
"""There when the kernel enforces profiles."""


def install_profile(layout: Layout, installer: FileInstaller) -> None:
    """Puts the profile in place, unless this computer has no AppArmor that knows such rules; loads it."""
    if not layout.at(KNOWS_USERNS).exists():
        return
    changed = installer.put((parts_dir() / PROFILE).read_bytes(), layout.profile, MODE)
    if not changed or layout.staged or not ACTIVE.exists():
        return
    try:
        run_system_command("apparmor_parser", "--replace", "--write-cache", str(layout.profile))
    except GestureSynthError as error:
        installer.remove(layout.profile)  # or AppArmor would complain of it at every start of this computer
        installer.note(
            f"AppArmor does not take our profile: {error}. The service does without; only `run` is not cut off."
        )


def remove_profile(layout: Layout, installer: FileInstaller) -> None:
    """Unloads the profile and takes it away."""
    if layout.profile.exists() and not layout.staged and ACTIVE.exists():
        try:
            run_system_command("apparmor_parser", "--remove", str(layout.profile))
        except GestureSynthError as error:
            installer.note(f"AppArmor keeps our profile until this computer is started again: {error}")
    installer.remove(layout.profile)
