"""The installation of the system service, staged below a folder: once, again, upgraded, removed.

With the real packages, users and a running systemd: tests/system.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.ops.install import program as install_program
from gesturesynth.ops.install.files import FileInstaller
from gesturesynth.ops.install.install import InstallOptions, _install_model, explain_inactive, install
from gesturesynth.ops.install.layout import UNITS, USERS, Layout
from gesturesynth.ops.install.program import interpreter, reachable
from gesturesynth.ops.install.systemctl import UnitState
from gesturesynth.ops.install.uninstall import purge_line, uninstall
from gesturesynth.tracking.model import download

pytestmark = pytest.mark.slow("virtual environments")

PYTHON = install_program.PYTHON


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment's packages: small ones instead of a gigabyte, and what links a checkout into it."""
    folder = tmp_path / "site-packages"
    for name in ("gesturesynth-0.1.0.dist-info", "thing-1.0.dist-info", "pip", "pip-23.0.dist-info", "gesturesynth"):
        (folder / name).mkdir(parents=True)
        (folder / name / "METADATA").write_text(f"Name: {name.split('-')[0]}\nVersion: 0.1.0\n")
    (folder / "thing.py").write_text("x = 1\n")
    (folder / "thing.py").chmod(0o600)
    (folder / "_editable_impl_gesturesynth.pth").write_text("/somewhere/else\n")
    monkeypatch.setattr(install_program, "packages", lambda: folder)
    monkeypatch.setattr(install_program, "IMPORT_TEST", "import gesturesynth, thing")
    # The interpreter of the tests may be in a home folder; that is tested by itself.
    monkeypatch.setattr(install_program, "reachable", lambda _path: True)
    return folder


@pytest.fixture
def layout(tmp_path: Path, site: Path) -> Layout:
    assert site.is_dir()
    return Layout(tmp_path / "root")


def installed(layout: Layout, **options: bool) -> list[str]:
    lines: list[str] = []
    assert install(layout, InstallOptions(**options), lines.append)
    return lines


def unit_state(name: str) -> UnitState:
    """A unit that is started again and again."""
    return UnitState(name, "loaded", "static", "activating", "auto-restart")


def everything(layout: Layout) -> dict[str, tuple[float, int]]:
    return {
        str(path.relative_to(layout.root)): (path.lstat().st_mtime, path.lstat().st_mode)
        for path in layout.root.rglob("*")
        if "__pycache__" not in path.parts
    }


def test_every_file_is_installed_and_readable_for_the_services(layout: Layout) -> None:
    lines = installed(layout)
    for name in UNITS:
        assert (layout.units / name).is_file()
    assert layout.users.is_file()
    assert layout.rules.is_file()
    assert (layout.config / "gesturesynth.yaml").is_file()
    assert (layout.config / "presets").is_dir()
    assert download.is_whole(layout.cache / "models" / download.BUNDLE_NAME)
    assert "Apache License" in (layout.cache / "models" / f"{download.BUNDLE_NAME}.LICENSE").read_text()
    assert any(line.startswith("copied the program to") for line in lines)
    for path in layout.root.rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o005 >= (0o005 if path.is_dir() else 0o004), path
            assert not path.stat().st_mode & 0o022, path


def test_the_program_is_a_copy_that_needs_neither_checkout_nor_pip(layout: Layout) -> None:
    installed(layout)
    program = layout.current
    inside = program / "lib" / PYTHON / "site-packages"
    assert (inside / "gesturesynth" / "cli" / "app.py").is_file()
    assert (inside / "gesturesynth" / "presets" / "theremin.yaml").is_file()
    assert (inside / "gesturesynth" / "systemd" / "pace").is_file()
    assert not list(inside.glob("pip*"))
    assert not list(inside.glob("*.pth"))
    entry = (program / "bin" / "gesturesynth").read_text().splitlines()[0]
    assert entry == f"#!/opt/gesturesynth/{program.readlink()}/bin/python -P"
    script = "import gesturesynth; print(gesturesynth.__file__)"
    done = subprocess.run([program / "bin" / "python", "-I", "-c", script], capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(layout.program)


def test_the_copy_has_the_same_version_name(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(layout)
    inside = layout.current / "lib" / PYTHON / "site-packages"
    own = inside / "gesturesynth"
    parts = {Path(): own, Path("presets"): own / "presets", Path("systemd"): own / "systemd"}
    monkeypatch.setattr(install_program, "packages", lambda: inside)
    monkeypatch.setattr(install_program, "_own_folders", lambda: parts)
    assert install_program.version_name(interpreter()) == str(layout.current.readlink())


def test_a_second_installation_changes_nothing_and_reports_so(layout: Layout) -> None:
    installed(layout)
    before = everything(layout)
    lines = installed(layout)
    assert everything(layout) == before
    assert lines
    assert all(line.startswith("as it was: ") for line in lines), lines


def test_what_people_have_written_is_never_overwritten(layout: Layout) -> None:
    installed(layout, jack=True)
    for name in ("gesturesynth.yaml", "jack.env"):
        (layout.config / name).write_text("volume: -6 dB\n")
    installed(layout, jack=True)
    for name in ("gesturesynth.yaml", "jack.env"):
        assert (layout.config / name).read_text() == "volume: -6 dB\n"


def test_a_newer_version_becomes_current_and_the_previous_one_stays(layout: Layout, site: Path) -> None:
    versions = []
    for number in (1, 2, 3):
        (site / f"other-{number}.0.dist-info").mkdir()
        installed(layout)
        versions.append(layout.current.resolve())
    assert len(set(versions)) == 3
    assert not versions[0].exists()
    assert versions[1].is_dir()
    assert layout.current.resolve() == versions[2]
    assert sorted(path.name for path in layout.program.iterdir()) == sorted(
        ["current", versions[1].name, versions[2].name]
    )


def test_a_copy_that_does_not_work_never_becomes_current(
    layout: Layout, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(layout)
    good = layout.current.resolve()
    (site / "other-2.0.dist-info").mkdir()
    monkeypatch.setattr(install_program, "IMPORT_TEST", "import a_module_that_is_missing")
    with pytest.raises(
        GestureSynthError, match=r"does not work \(ModuleNotFoundError.*what was installed before stays"
    ):
        installed(layout)
    assert layout.current.resolve() == good
    assert sorted(path.name for path in layout.program.iterdir()) == sorted(["current", good.name])


def test_leftovers_of_an_interrupted_installation_are_removed(layout: Layout) -> None:
    (layout.program / ".making-1234" / "half").mkdir(parents=True)
    installed(layout)
    assert not list(layout.program.glob(".making-*"))


def test_a_broken_settings_file_is_reported_before_anything_is_changed(layout: Layout) -> None:
    layout.config.mkdir(parents=True)
    (layout.config / "gesturesynth.yaml").write_text("camera: {sauce: auto}\n")
    with pytest.raises(UserError, match=r"gesturesynth\.yaml:1:10: camera\.sauce"):
        installed(layout)
    assert not layout.program.exists()
    assert not layout.units.exists()


def test_network_access_for_osc_follows_the_settings(layout: Layout) -> None:
    installed(layout)
    text = layout.network_drop_in("conductor")
    assert not text.exists()
    (layout.config / "gesturesynth.yaml").write_text("osc: {host: 0.0.0.0, allow: [192.168.1.20]}\n")
    assert f"wrote {text}" in installed(layout)
    assert "IPAddressAllow=192.168.1.20/32" in text.read_text()
    (layout.config / "gesturesynth.yaml").write_text("osc: {enabled: no}\n")
    assert f"removed {text}" in installed(layout)
    assert not text.parent.exists()


def test_a_launcher_of_another_program_is_kept(layout: Layout) -> None:
    layout.launcher.parent.mkdir(parents=True)
    layout.launcher.write_text("#!/bin/sh\necho another gesturesynth\n")
    assert any("is another program and stays" in line for line in installed(layout))
    uninstall(layout, lambda _line: None)
    assert "another" in layout.launcher.read_text()


def test_uninstalling_keeps_settings_and_examples(layout: Layout) -> None:
    installed(layout)
    (layout.state / "presets").mkdir(parents=True)
    (layout.state / "presets" / "taught").touch()
    lines: list[str] = []
    uninstall(layout, lines.append)
    left = {str(path.relative_to(layout.root)) for path in layout.root.rglob("*") if path.is_file()}
    assert left == {"etc/gesturesynth/gesturesynth.yaml", "var/lib/gesturesynth/presets/taught"}
    assert "kept: " in lines[-2]
    again: list[str] = []
    uninstall(layout, again.append)
    assert "nothing was installed" in again
    assert again[-1] == lines[-1], "it still says how to remove the rest"


def test_the_last_line_removes_what_was_kept_when_the_program_is_gone(layout: Layout) -> None:
    installed(layout)
    (layout.state / "presets").mkdir(parents=True)
    (layout.state / "presets" / "taught").touch()
    lines: list[str] = []
    uninstall(layout, lines.append)
    before, _, line = lines[-1].partition("for good, too: ")
    assert before == "to remove these "
    subprocess.run(["sh", "-c", line], check=True, timeout=60)
    assert not [path for path in layout.root.rglob("*") if path.is_file() or path.is_symlink()]
    everywhere = purge_line(Layout())
    for part in ("sudo ", "/etc/gesturesynth", "/var/lib/gesturesynth", *(f"userdel {user}" for user in USERS)):
        assert part in everywhere
    assert subprocess.run(["sh", "-n", "-c", everywhere], check=False, timeout=60).returncode == 0


def test_purging_works_after_a_plain_removal_too(layout: Layout) -> None:
    installed(layout)
    uninstall(layout, lambda _line: None)
    uninstall(layout, lambda _line: None, purge=True)
    assert not layout.config.exists()


# ------------------------------------------------------------------------------------------------ without a sound card
def test_a_unit_that_waits_for_a_sound_card_is_no_error_of_the_installation() -> None:
    jackd = unit_state("gesturesynth-jackd.service")
    usb = " 0 [USB            ]: USB-Audio - Scarlett Solo USB\n"
    waits, text = explain_inactive(jackd, "--- no soundcards ---\n", "")
    assert waits
    assert "waits for a sound card" in text
    engine = unit_state("gesturesynth-engine.service")
    assert explain_inactive(engine, "", "")[0]
    waits, text = explain_inactive(engine, usb, "Babyface")
    assert waits
    assert "'Babyface' in its name (`audio.device`)" in text
    for state, device in ((jackd, ""), (engine, "scarlett")):
        waits, text = explain_inactive(state, usb, device)
        assert not waits
        assert "service logs" in text
    assert not explain_inactive(unit_state("gesturesynth-conductor.service"), "", "")[0]


def test_purging_removes_everything(layout: Layout) -> None:
    installed(layout)
    (layout.state / "presets").mkdir(parents=True)
    (layout.state / "presets" / "taught").touch()
    uninstall(layout, lambda _line: None, purge=True)
    assert not [path for path in layout.root.rglob("*") if path.is_file() or path.is_symlink()]


# ------------------------------------------------------------------------------------------------------ the interpreter
def test_a_python_in_a_closed_folder_cannot_be_reached_by_services(tmp_path: Path) -> None:
    assert not reachable(tmp_path / "missing")
    assert not reachable(Path("/root/bin/python"))
    shell = Path("/bin/sh")
    assert reachable(shell)
    (tmp_path / "link").symlink_to(shell)
    assert not reachable(tmp_path / "link"), "the way to it is through a temporary folder"


def test_without_a_python_for_services_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"the services need {PYTHON} .*apt install {PYTHON}"):
        interpreter((tmp_path / "bin" / PYTHON,))


def test_outside_an_environment_the_error_says_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    with pytest.raises(UserError, match="an environment of its own"):
        install_program.packages()


def test_without_a_network_a_pose_model_of_an_earlier_version_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> Path:
        raise GestureSynthError("the registry cannot be reached")

    bundle = download.ensure_model()
    cache = tmp_path / "cache"
    (cache / "models").mkdir(parents=True)
    (cache / "models" / bundle.name).write_bytes(bundle.read_bytes())
    monkeypatch.setenv("GESTURESYNTH_CACHE_DIR", str(cache))
    monkeypatch.setattr(download, "download", unreachable)
    layout = Layout(tmp_path / "root")
    for _ in range(2):
        lines: list[str] = []
        _install_model(layout, FileInstaller(lines.append))
        assert download.is_whole(layout.cache / "models" / bundle.name)
        assert any("models of hands and faces cannot be fetched" in line for line in lines)
        assert not any("demo performer" in line for line in lines), "the camera plays"
