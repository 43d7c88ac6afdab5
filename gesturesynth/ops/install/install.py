"""`gesturesynth service install`: installs or upgrades the system service, and never touches settings or examples.

Each step compares with what is installed, changes only what differs, and reports which of both it was. So a second run
changes nothing, and a newer version replaces the older one.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.config.settings import settings
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.core.files import is_there
from gesturesynth.core.search_paths import system_program
from gesturesynth.ops.install import settings as texts
from gesturesynth.ops.install.apparmor import install_profile
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.layout import (
    ACTIONS,
    ASKED_FOR,
    JACKD,
    LIGHT,
    MODE,
    OPTIONAL,
    POSE_SERVER,
    PROCESSES,
    PROGRAM_MODE,
    TARGET,
    UNITS,
    USERS,
    Layout,
    parts_dir,
    unit,
)
from gesturesynth.ops.install.program import install_program, interpreter
from gesturesynth.ops.install.systemctl import UnitState, run_system_command, states, systemctl
from gesturesynth.remote_poses import keys
from gesturesynth.runtime.service import FAILURES
from gesturesynth.tracking.model import download, parts

JACK: Final = Path("/usr/bin/jackd")
SOUND_CARDS: Final = Path("/proc/asound/cards")
UDEV: Final = Path("/run/udev/control")
"""Exists when udev runs."""
ENGINE: Final = "engine"
NEW_KEY: Final = "sudo gesturesynth keys new --service"
LAUNCHER_MARK: Final = "`gesturesynth service install`"
"""This text is in every launcher that an installation has written."""


@dataclass(frozen=True)
class InstallOptions:
    """What to do besides installing files.

    Attributes:
        jack: whether gesturesynth-jackd is to run; None leaves that as it is.
        start: whether to start the service now.
    """

    jack: bool | None = None
    start: bool = True


def install(layout: Layout, options: InstallOptions, report: Callable[[str], None]) -> bool:
    """Installs the system service, or what is missing of it, or a newer version.

    Args:
        layout: where to install it.
        options: see `InstallOptions`.
        report: gets a line for each step.

    Returns:
        Whether everything that should run does, or waits for nothing but a sound card.

    Raises:
        UserError: something that only people can change stands in the way; nothing was changed.
        GestureSynthError: the system refused something; the steps before it stay done, and may be repeated.
    """
    installer = FileInstaller(report)
    # Whatever people have to correct is found before anything is changed.
    if options.jack and not (layout.staged or JACK.exists()):
        raise UserError(f"there is no {JACK}: install it first (on Debian: `apt install jackd2`)")
    python = interpreter()
    file = layout.config / settings.FILE
    chosen = settings.load_settings(file) if is_there(file) else settings.Settings()
    network = {
        "conductor": texts.conductor_network(chosen),
        "tracker": texts.tracker_network(chosen),
        "page": texts.page_network(chosen),
        POSE_SERVER: texts.pose_server_network(chosen),
        ACTIONS: texts.actions_network(chosen),
        LIGHT: texts.light_network(chosen),
    }
    if texts.needs_key(chosen) and not is_there(layout.config / keys.FOLDER / keys.OWN_FILE):
        raise UserError(f"this computer has no key in {layout.config}: make one first (`{NEW_KEY}`)")

    _install_users(layout, installer)
    if not layout.staged:
        keys.open_to_service(layout.config / keys.FOLDER)  # they may be older than the service's users
    _install_settings(layout, installer, jack=options.jack is True, listens=chosen.ear.enabled)
    _install_model(layout, installer)
    before = installer.changes
    install_program(layout, python, installer)
    _install_launcher(layout, installer)
    if _install_units(layout, network, installer) and not layout.staged:
        systemctl("daemon-reload")
    changed = installer.changes > before
    _install_udev_rules(layout, installer)
    install_profile(layout, installer)
    if layout.staged:
        return True
    _enable_units(options, installer, texts.asked_for(chosen))
    if not options.start:
        installer.note(f"nothing was started: `systemctl start {TARGET}`, or the next start of this computer, does")
        return True
    return _start_units(installer, chosen.audio.device, changed=changed)


def _install_users(layout: Layout, installer: FileInstaller) -> None:
    installer.put((parts_dir() / "sysusers.conf").read_bytes(), layout.users, MODE)
    if layout.staged:
        return
    missing = [user for user in USERS if not _is_user(user)]
    # Also when all exist: it adds them to missing groups.
    run_system_command("systemd-sysusers", str(layout.users))
    if missing:
        installer.changed(f"made the users {', '.join(missing)}")
    else:
        installer.unchanged(f"the users {', '.join(USERS)}")


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _install_settings(layout: Layout, installer: FileInstaller, *, jack: bool, listens: bool) -> None:
    installer.folder(layout.config / "presets")
    first = {layout.config / settings.FILE: texts.SETTINGS}
    if jack:
        listing = SOUND_CARDS.read_text(encoding="utf-8") if SOUND_CARDS.exists() else ""
        first[layout.config / "jack.env"] = texts.jack_settings(texts.sound_cards(listing), listens=listens)
    for file, text in first.items():
        if file.exists():
            installer.unchanged(f"{file} (yours, never overwritten)")
        else:
            installer.put(text, file, MODE)


def _install_model(layout: Layout, installer: FileInstaller) -> None:
    """Copies the models of poses, hands and faces from a cache on this computer, or downloads it."""
    folder = layout.cache / "models"
    if _has_models(folder):
        installer.unchanged(f"the models in {folder}")
        return
    found = next(filter(_has_models, _known_folders()), None)
    if found is None:
        posed = next(filter(_has_pose_model, [folder, *_known_folders()]), None)  # from before there were the others
        try:
            if posed is None:
                download.ensure_model(progress=installer.note)
            download.ensure_parts(progress=installer.note)
            found = paths.cache_dir() / "models"
        except GestureSynthError as error:
            if posed is None:
                installer.note(f"{error} Until then the demo performer plays instead of the camera.")
                return
            installer.note(str(error))
            found = posed
    if found == folder:
        return
    for name in (parts.HANDS_NAME, parts.FACE_NAME, download.BUNDLE_NAME):
        for suffix in (".LICENSE", ".NOTICE", ""):  # the pose model last: when it is there, all are
            file = found / f"{name}{suffix}"
            if file.exists():
                installer.put(file.read_bytes(), folder / file.name, MODE)


def _has_models(folder: Path) -> bool:
    return _has_pose_model(folder) and parts.found(folder).complete


def _has_pose_model(folder: Path) -> bool:
    return download.is_whole(folder / download.BUNDLE_NAME)


def _known_folders() -> list[Path]:
    """Where the models may be: in the cache of this user, or of the user who called sudo."""
    folders = [paths.cache_dir()]
    if (caller := os.environ.get("SUDO_USER")) and _is_user(caller):
        folders.append(Path(pwd.getpwnam(caller).pw_dir) / ".cache" / paths.APP)
    return [folder / "models" for folder in folders]


def _install_launcher(layout: Layout, installer: FileInstaller) -> None:
    launcher = layout.launcher
    if (launcher.exists() or launcher.is_symlink()) and not is_ours(launcher):
        installer.note(
            f"{launcher} is another program and stays; this one is {layout.current / 'bin' / 'gesturesynth'}"
        )
        return
    installer.put((parts_dir() / "launcher").read_bytes(), launcher, PROGRAM_MODE)


def is_ours(launcher: Path) -> bool:
    """Whether an installation has written this launcher."""
    return launcher.is_file() and LAUNCHER_MARK.encode() in launcher.read_bytes()


def _install_units(layout: Layout, network: dict[str, str], installer: FileInstaller) -> bool:
    changed = False
    for name in UNITS:
        changed |= installer.put((parts_dir() / name).read_bytes(), layout.units / name, MODE)
    for process, text in network.items():
        file = layout.network_drop_in(process)
        if text:
            changed |= installer.put(text, file, MODE)
        elif installer.remove(file):
            changed = True
            if not any(file.parent.iterdir()):
                installer.remove(file.parent)
    return changed


def _install_udev_rules(layout: Layout, installer: FileInstaller) -> None:
    changed = installer.put((parts_dir() / layout.rules.name).read_bytes(), layout.rules, MODE)
    if layout.staged or not changed:
        return
    if not UDEV.exists() or not system_program("udevadm"):
        installer.note("udev does not run here, so cameras get no name of their own")
        return
    run_system_command("udevadm", "control", "--reload")
    run_system_command("udevadm", "trigger", "--subsystem-match=video4linux")
    run_system_command("udevadm", "trigger", "--sysname-match=uinput")


def _enable_units(options: InstallOptions, installer: FileInstaller, asked_for: Mapping[str, bool]) -> None:
    wanted = {TARGET: True} | {unit(process): asked for process, asked in asked_for.items()}
    wanted |= {} if options.jack is None else {unit(JACKD): options.jack}
    for state in states(list(wanted)):
        verb = "enable" if wanted[state.name] else "disable"
        if (state.enabled == "enabled") == wanted[state.name]:
            installer.unchanged(f"{state.name} is {verb}d")
        else:
            systemctl(verb, "--now", state.name) if verb == "disable" else systemctl(verb, state.name)
            installer.changed(f"{verb}d {state.name}")


def _start_units(installer: FileInstaller, device: str, *, changed: bool) -> bool:
    """Starts the units that do not run, restarts all after a change, and waits for them."""
    all_units = [unit(process) for process in (*PROCESSES, *OPTIONAL)]
    (target,) = states([TARGET])
    for process in (*PROCESSES, *ASKED_FOR):  # an installation may have corrected what made them fail
        (paths.SYSTEM_RUNTIME / process / FAILURES).unlink(missing_ok=True)
    restart = target.active == "active" and changed
    if restart:
        systemctl("restart", TARGET)
        installer.changed("restarted everything, because something has changed")
    wanted = [one for one in states(all_units) if one.loadable and (one.enabled in ("static", "enabled"))]
    inactive = [one.name for one in wanted if one.active != "active"]
    if inactive:
        with suppress(GestureSynthError):  # reported below for each unit
            systemctl("start", TARGET, *inactive)  # waits until they are ready
            if not restart:
                installer.changed(f"started {', '.join(inactive)}")
    listing = SOUND_CARDS.read_text(encoding="utf-8") if SOUND_CARDS.exists() else ""
    good = True
    for state in states([one.name for one in wanted]):
        if state.active == "active":
            installer.unchanged(f"{state.name} runs{f': {state.text}' if state.text else ''}")
        else:
            waits, text = explain_inactive(state, listing, device)
            good = good and waits
            installer.note(text)
    return good


def explain_inactive(state: UnitState, listing: str, device: str) -> tuple[bool, str]:
    """Whether a unit that does not run only waits for a sound card, and a sentence that says why it does not run.

    Args:
        state: of the unit, which is not active.
        listing: of the sound cards: the content of /proc/asound/cards.
        device: part of the name of the card in the settings; may be empty.
    """
    missing = ""
    if not texts.sound_cards(listing):
        missing = "a sound card: there is none"
    elif device.lower() not in listing.lower():
        missing = f"a sound card with '{device}' in its name (`audio.device`): there is none"
    if missing and state.name in (unit(ENGINE), unit(JACKD)):
        return True, (
            f"{state.name} is installed and waits for {missing}. It tries again without end, so plug one in and wait a "
            "minute"
        )
    return False, f"{state.name} does not run ({state.active}, {state.sub}): `gesturesynth service logs` says why"
