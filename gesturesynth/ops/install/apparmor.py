"""The AppArmor profile that allows the tracker a user namespace: installed and loaded where AppArmor runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.layout import MODE, Layout, parts_dir
from gesturesynth.ops.install.systemctl import run_system_command

PROFILE: Final = "apparmor-gesturesynth"
USERNS_ABI: Final = "/etc/apparmor.d/abi/4.0"
"""Exists where AppArmor has rules for user namespaces (4.0 and later); older versions refuse the whole file."""
LOADED_PROFILES: Final = Path("/sys/kernel/security/apparmor/profiles")
"""Exists when the kernel enforces profiles."""


def install_profile(layout: Layout, installer: FileInstaller) -> None:
    """Installs and loads the profile where AppArmor supports its rules; does nothing elsewhere."""
    if not layout.at(USERNS_ABI).exists():
        return
    changed = installer.put((parts_dir() / PROFILE).read_bytes(), layout.profile, MODE)
    if not changed or layout.staged or not LOADED_PROFILES.exists():
        return
    try:
        run_system_command("apparmor_parser", "--replace", "--write-cache", str(layout.profile))
    except GestureSynthError as error:
        installer.remove(layout.profile)  # else AppArmor would report an error at every start of this computer
        installer.note(
            f"AppArmor does not take our profile: {error}. The service does without; only `run` is not cut off."
        )


def remove_profile(layout: Layout, installer: FileInstaller) -> None:
    """Unloads and removes the profile."""
    if layout.profile.exists() and not layout.staged and LOADED_PROFILES.exists():
        try:
            run_system_command("apparmor_parser", "--remove", str(layout.profile))
        except GestureSynthError as error:
            installer.note(f"AppArmor keeps our profile until this computer is started again: {error}")
    installer.remove(layout.profile)
