"""A mistake in the settings of an unattended service: it is reported, and the service plays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gesturesynth.config.settings.fallback import UNATTENDED, copy_file, load_settings_or_fallback, save_last_known_good
from gesturesynth.config.settings.settings import FILE, Settings, load_settings
from gesturesynth.config.yaml.document import FileError
from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.app_process import Running

GOOD = "preset: drums\nvolume: -20 dB\nteaching: {take: 1 s}\n"
WRONG = "preset: grains\nvolume: 20 dB\nteaching: {take: 1 s}\n"
NO_YAML = "preset: [drums\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GESTURESYNTH_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / FILE


@pytest.fixture
def unattended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UNATTENDED, "1")


def test_at_a_terminal_a_mistake_is_an_error(file: Path) -> None:
    file.write_text(GOOD)
    save_last_known_good(file, load_settings(file))
    file.write_text(WRONG)
    with pytest.raises(FileError, match=r"2:9: volume"):
        load_settings_or_fallback(file)
    assert not copy_file().exists()


@pytest.mark.usefixtures("unattended")
@pytest.mark.parametrize("text", [WRONG, NO_YAML, "\0", "presett: drums\n"])
def test_the_last_valid_settings_are_used(file: Path, text: str) -> None:
    file.write_text(GOOD)
    good, message = load_settings_or_fallback(file)
    assert not message
    save_last_known_good(file, good)
    file.write_text(text)
    settings, message = load_settings_or_fallback(file)
    assert settings == good
    assert f"{file}:" in message
    assert message.endswith("Until it is mended, the last settings that were in order hold.")
    file.write_text(GOOD)
    assert load_settings_or_fallback(file) == (good, "")


@pytest.mark.usefixtures("unattended")
def test_without_a_copy_the_wrong_parts_are_ignored(file: Path) -> None:
    file.write_text(WRONG)
    settings, message = load_settings_or_fallback(file)
    assert (settings.preset, settings.volume, settings.teaching.take) == ("grains", Settings().volume, 1.0)
    assert message.endswith("what is wrong in it counts as not written.")
    file.write_text(NO_YAML)
    assert load_settings_or_fallback(file)[0] == Settings()
    file.unlink()
    settings, message = load_settings_or_fallback(file)
    assert settings == Settings()
    assert "cannot be read" in message


@pytest.mark.usefixtures("unattended")
def test_a_damaged_copy_is_no_worse_than_none(file: Path) -> None:
    copy_file().parent.mkdir(parents=True)
    copy_file().write_bytes(b"\xff\xfe")
    file.write_text(WRONG)
    assert load_settings_or_fallback(file)[0].preset == "grains"


@pytest.mark.usefixtures("unattended")
def test_a_file_that_has_changed_since_it_was_read_is_not_kept(file: Path) -> None:
    file.write_text(GOOD)
    good = load_settings(file)
    for text in (WRONG, "preset: grains\n"):
        file.write_text(text)
        save_last_known_good(file, good)
        assert not copy_file().exists()


@pytest.mark.usefixtures("unattended")
def test_a_copy_that_cannot_be_kept_does_no_harm(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (file.parent / "cache").write_text("a file stands where the folder would be")
    file.write_text(GOOD)
    save_last_known_good(file, load_settings(file))
    assert "no copy of the settings could be stored" in "".join(capfd.readouterr())


def test_a_service_with_broken_settings_plays_reports_it_and_cannot_be_ended_by_a_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = Running("--source", "demo", "--audio", "null", environment=os.environ | {UNATTENDED: "1"})
    config = running.home / "config"
    config.mkdir()
    (config / FILE).write_text(WRONG)
    with running:
        running.playing()
        status = running.until(ConductorStatus, lambda _: True, "its status")
        assert status.preset == "Cloud hands"
        assert "volume: 20 dB is outside" in status.settings_error
        monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", str(running.runtime))
        with CommandClient() as wire:
            answer = wire.ask(call("quit", (), COMMAND_LINE), 20.0)
        assert not answer.ok
        assert "systemctl stop gesturesynth.target" in answer.text
        assert not running.until(ConductorStatus, lambda _: True, "its status").quitting
        assert running.stop() == 0
