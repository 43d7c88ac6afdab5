"""`gesturesynth service install`: everything put where it belongs, once or again, and what was taught left alone.

Each step looks at what is there first, changes only what differs, and says which of both it was. So a second time
changes nothing, and a newer version takes the place of the older one.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
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
    JACKD,
    MODE,
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
from gesturesynth.runtime.service import FAILURES
from gesturesynth.tracking.model import download

JACK: Final = Path("/usr/bin/jackd")
SOUND_CARDS: Final = Path("/proc/asound/cards")
UDEV: Final = Path("/run/udev/control")
"""There when udev runs."""
ENGINE: Final = "engine"
LAUNCHER_MARK: Final = "`gesturesynth service install`"
"""In every launcher of ours."""


@dataclass(frozen=True)
class InstallOptions:
    """What is to be done besides putting files where they belong.

    Attributes:
        jack: whether gesturesynth-jackd is to run; None leaves that as it is.
        start: whether it is to run now.
    """

    jack: bool | None = None
    start: bool = True


def install(layout: Layout, options: InstallOptions, say: Callable[[str], None]) -> bool:
    """Installs the system service, or what is missing of it, or a newer version.

    Args:
        layout: where to.
        options: see there.
        say: gets a line for everything.

    Returns:
        Whether everything that should run does, or waits for nothing but a sound card.

    Raises:
        UserError: something that only people can change stands in the way; nothing was changed.
        GestureSynthError: the system refused something; what was done until then stays, and may be done again.
    """
    installer = FileInstaller(say)
    # What people have to mend is found before anything is changed.
    if options.jack and not (layout.staged or JACK.exists()):
        raise UserError(f"there is no {JACK}: install it first (on Debian: `apt install jackd2`)")
    python = interpreter()
    file = layout.config / settings.FILE
    chosen = settings.load_settings(file) if is_there(file) else settings.Settings()
    network = {"conductor": texts.conductor_network(chosen), "tracker": texts.tracker_network(chosen)}

    _users(layout, installer)
    _settings(layout, installer, jack=options.jack is True)
    _model(layout, installer)
    before = installer.changes
    install_program(layout, python, installer)
    _launcher(layout, installer)
    if _units(layout, network, installer) and not layout.staged:
        systemctl("daemon-reload")
    changed = installer.changes > before
    _rules(layout, installer)
    install_profile(layout, installer)
    if layout.staged:
        return True
    _enable(options, installer)
    if not options.start:
        installer.note(f"nothing was started: `systemctl start {TARGET}`, or the next start of this computer, does")
        return True
    return _start(installer, chosen.audio.device, changed=changed)


def _users(layout: Layout, installer: FileInstaller) -> None:
    installer.put((parts_dir() / "sysusers.conf").read_bytes(), layout.users, MODE)
    if layout.staged:
        return
    missing = [user for user in USERS if not _is_user(user)]
    # Also when all are there: it puts them into groups that they are not in.
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


def _settings(layout: Layout, installer: FileInstaller, *, jack: bool) -> None:
    installer.folder(layout.config / "presets")
    first = {layout.config / settings.FILE: texts.SETTINGS}
    if jack:
        listing = SOUND_CARDS.read_text(encoding="utf-8") if SOUND_CARDS.exists() else ""
        first[layout.config / "jack.env"] = texts.jack_settings(texts.sound_cards(listing))
    for file, text in first.items():
        if file.exists():
            installer.unchanged(f"{file} (yours, never overwritten)")
        else:
            installer.put(text, file, MODE)


def _model(layout: Layout, installer: FileInstaller) -> None:
    """The pose model, from whoever has it on this computer, else fetched."""
    folder = layout.cache / "models"
    if download.is_whole(folder / download.BUNDLE_NAME):
        installer.unchanged(f"the pose model in {folder}")
        return
    try:
        found = next(filter(download.is_whole, _known_models()), None) or download.ensure_model(progress=installer.note)
    except GestureSynthError as error:
        installer.note(f"{error} Until then the demo performer plays instead of the camera.")
        return
    for suffix in (".LICENSE", ".NOTICE", ""):  # the bundle last: when it is there, all are
        file = found.with_name(f"{found.name}{suffix}")
        if file.exists():
            installer.put(file.read_bytes(), folder / file.name, MODE)


def _known_models() -> list[Path]:
    """Where the pose model may be: in the cache of this user, or of who has called sudo."""
    folders = [paths.cache_dir()]
    if (caller := os.environ.get("SUDO_USER")) and _is_user(caller):
        folders.append(Path(pwd.getpwnam(caller).pw_dir) / ".cache" / paths.APP)
    return [folder / "models" / download.BUNDLE_NAME for folder in folders]


def _launcher(layout: Layout, installer: FileInstaller) -> None:
    launcher = layout.launcher
    if (launcher.exists() or launcher.is_symlink()) and not is_ours(launcher):
        installer.note(
            f"{launcher} is another program and stays; this one is {layout.current / 'bin' / 'gesturesynth'}"
        )
        return
    installer.put((parts_dir() / "launcher").read_bytes(), launcher, PROGRAM_MODE)


def is_ours(launcher: Path) -> bool:
    """Whether this launcher is one that an installation has written."""
    return launcher.is_file() and LAUNCHER_MARK.encode() in launcher.read_bytes()


def _units(layout: Layout, network: dict[str, str], installer: FileInstaller) -> bool:
    changed = False
    for name in UNITS:
        changed |= installer.put((parts_dir() / name).read_bytes(), layout.units / name, MODE)
    for process, text in network.items():
        file = layout.network_words(process)
        if text:
            changed |= installer.put(text, file, MODE)
        elif installer.remove(file):
            changed = True
            if not any(file.parent.iterdir()):
                installer.remove(file.parent)
    return changed


def _rules(layout: Layout, installer: FileInstaller) -> None:
    changed = installer.put((parts_dir() / layout.rules.name).read_bytes(), layout.rules, MODE)
    if layout.staged or not changed:
        return
    if not UDEV.exists() or not system_program("udevadm"):
        installer.note("udev does not run here, so cameras get no name of their own")
        return
    run_system_command("udevadm", "control", "--reload")
    run_system_command("udevadm", "trigger", "--subsystem-match=video4linux")


def _enable(options: InstallOptions, installer: FileInstaller) -> None:
    wanted = {TARGET: True} | ({} if options.jack is None else {unit(JACKD): options.jack})
    for state in states(list(wanted)):
        verb = "enable" if wanted[state.name] else "disable"
        if (state.enabled == "enabled") == wanted[state.name]:
            installer.unchanged(f"{state.name} is {verb}d")
        else:
            systemctl(verb, "--now", state.name) if verb == "disable" else systemctl(verb, state.name)
            installer.changed(f"{verb}d {state.name}")


def _start(installer: FileInstaller, device: str, *, changed: bool) -> bool:
    """Starts what does not run, anew where something has changed, and waits for it."""
    all_units = [unit(process) for process in (*PROCESSES, JACKD)]
    (target,) = states([TARGET])
    for process in PROCESSES:  # whoever installs has mended what made them fail
        (paths.SYSTEM_RUNTIME / process / FAILURES).unlink(missing_ok=True)
    anew = target.active == "active" and changed
    if anew:
        systemctl("restart", TARGET)
        installer.changed("started everything anew, for what has changed")
    wanted = [one for one in states(all_units) if one.there and (one.enabled in ("static", "enabled"))]
    sleeping = [one.name for one in wanted if one.active != "active"]
    if sleeping:
        with suppress(GestureSynthError):  # said below, of each by itself
            systemctl("start", TARGET, *sleeping)  # waits until they are ready
            if not anew:
                installer.changed(f"started {', '.join(sleeping)}")
    listing = SOUND_CARDS.read_text(encoding="utf-8") if SOUND_CARDS.exists() else ""
    good = True
    for state in states([one.name for one in wanted]):
        if state.active == "active":
            installer.unchanged(f"{state.name} runs{f': {state.text}' if state.text else ''}")
        else:
            waits, text = why_not(state, listing, device)
            good = good and waits
            installer.note(text)
    return good


def why_not(state: UnitState, listing: str, device: str) -> tuple[bool, str]:
    """Why a unit does not run: whether it only waits for a device, and a sentence.

    Args:
        state: of the unit, which is not active.
        listing: of the sound cards that there are, as /proc/asound/cards has it.
        device: part of the name of the one that the settings ask for; may be empty.
    """
    missing = ""
    if not texts.sound_cards(listing):
        missing = "a sound card: there is none"
    elif device.lower() not in listing.lower():
        missing = f"a sound card with '{device}' in its name (`audio.device`): there is none"
    if missing and state.name in (unit(ENGINE), unit(JACKD)):
        return True, (
            f"{state.name} is installed and waits for {missing}. It is tried again for ever, so plug one in and wait a "
            "minute"
        )
    return False, f"{state.name} does not run ({state.active}, {state.sub}): `gesturesynth service logs` says why"
