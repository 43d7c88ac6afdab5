"""`gesturesynth service`: what it refuses, and how it asks systemd. With a running systemd: tests/system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gesturesynth.cli.app import main
from gesturesynth.cli.service import boot_text, journal_command, rows
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.ops.install import systemctl
from gesturesynth.ops.install.layout import JACKD, OPTIONAL, PROCESSES, TARGET, unit
from gesturesynth.ops.install.systemctl import UnitState, parse_show

SHOWN = """\
Id=gesturesynth-engine.service
LoadState=loaded
UnitFileState=static
ActiveState=active
SubState=running
MainPID=4711
NRestarts=2
ActiveEnterTimestamp=Tue 2026-11-24 23:00:00 UTC
StatusText=jack, -18.0 dB=loud

Id=gesturesynth-jackd.service
LoadState=not-found
UnitFileState=
ActiveState=inactive
SubState=dead
MainPID=0
NRestarts=0
"""


def asked(capsys: pytest.CaptureFixture[str], *text: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["service", *text])
    assert isinstance(left.value.code, int)
    return left.value.code, capsys.readouterr().err


@pytest.fixture
def systemd_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemctl, "BOOTED", tmp_path)


@pytest.mark.parametrize("verb", ["install", "uninstall", "status", "logs"])
def test_without_systemd_a_sentence_says_what_to_do_instead(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(systemctl, "BOOTED", tmp_path / "missing")
    code, text = asked(capsys, verb)
    assert code == 2
    assert "systemd does not run this computer" in text
    assert "gesturesynth run" in text


@pytest.mark.usefixtures("systemd_runs")
@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_without_the_right_to_it_the_line_to_type_is_said(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("sys.argv", ["gesturesynth", "service", verb])
    code, text = asked(capsys, verb)
    assert code == 2
    assert "this takes an administrator: sudo " in text
    assert text.rstrip().endswith(f"gesturesynth service {verb}")


def test_everything_that_was_taught_is_not_removed_by_one_flag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taught = tmp_path / "var" / "lib" / "gesturesynth" / "taught"
    taught.mkdir(parents=True)
    code, text = asked(capsys, "uninstall", "--purge", "--root", str(tmp_path))
    assert code == 2
    assert "--yes" in text
    assert taught.is_dir()
    assert asked(capsys, "uninstall", "--purge", "--yes", "--root", str(tmp_path))[0] == 0
    assert not taught.exists()


def test_journalctl_is_asked_for_all_or_for_one() -> None:
    everything = journal_command(None, follow=False, lines=50)
    assert everything[:3] == ["journalctl", "--no-hostname", "--lines=50"]
    assert sum(word.startswith("--unit=gesturesynth-") for word in everything) == len((*PROCESSES, *OPTIONAL))
    assert journal_command("engine", follow=True, lines=5)[2:] == [
        "--lines=5",
        "--unit=gesturesynth-engine.service",
        "--follow",
    ]


def test_a_process_that_there_is_not_is_refused() -> None:
    with pytest.raises(
        UserError, match="no process 'motor'; allowed are tracker, conductor, engine, keypad, page, jackd, pose-server"
    ):
        journal_command("motor", follow=False, lines=1)
    with pytest.raises(UserError, match="--lines: -1"):
        journal_command(None, follow=False, lines=-1)


def test_what_systemd_shows_is_understood() -> None:
    engine, jackd = (UnitState.of(facts) for facts in parse_show(SHOWN))
    assert engine == UnitState(
        "gesturesynth-engine.service",
        "loaded",
        "static",
        "active",
        "running",
        4711,
        2,
        "Tue 2026-11-24 23:00:00 UTC",
        "jack, -18.0 dB=loud",
    )
    assert engine.loadable
    assert not jackd.loadable


def test_a_line_for_each_process_and_none_for_a_server_that_is_not_enabled() -> None:
    engine, jackd = (UnitState.of(facts) for facts in parse_show(SHOWN))
    (line,) = rows([engine, jackd])
    assert line[:4] == (unit("engine"), "running", "pid 4711", "restarts: 2")
    wanted = UnitState(unit(JACKD), "loaded", "enabled", "inactive", "dead")
    assert len(rows([engine, wanted])) == 2


def test_whether_it_starts_with_the_computer_is_said() -> None:
    assert boot_text(UnitState(TARGET, "loaded", "enabled", "active", "active")) == "starts with this computer"
    assert "systemctl enable" in boot_text(UnitState(TARGET, "loaded", "disabled", "inactive", "dead"))


def test_a_program_of_the_system_that_refuses_is_quoted() -> None:
    with pytest.raises(GestureSynthError, match=r"`ls /no/such/folder` failed: ls: .*No such file"):
        systemctl.run_system_command("ls", "/no/such/folder")
    with pytest.raises(GestureSynthError, match="there is no program 'no-such-program'"):
        systemctl.run_system_command("no-such-program")
