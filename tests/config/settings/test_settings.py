"""The settings of the machine: defaults without a file, errors as in presets, flags override the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.config.json_schema import settings_schema
from gesturesynth.config.settings.audio import AudioSection
from gesturesynth.config.settings.opening_hours import HoursSection
from gesturesynth.config.settings.settings import FILE, CameraSection, Settings, load_settings
from gesturesynth.config.yaml.document import FileError
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from tests.support.json_schema import valid

FULL = """
preset: drums
volume: -6 dB
model: /models/pose.task
camera: {source: /dev/video2, width: 1280, height: 720, fps: 60, mirror: yes, rotate: 90}
audio: {backend: jack, device: hall, sample_rate: 44.1 kHz, buffer_frames: 128, record_limit_mb: 50}
"""


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of /etc/gesturesynth."""
    monkeypatch.setattr(paths, "SYSTEM_CONFIG", tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", ["", "# preset: drums\n", "---\n", "{}\n", "preset:\n"])
def test_a_file_in_which_everything_is_left_out_means_the_defaults(text: str, system: Path) -> None:
    (system / FILE).write_text(text)
    assert load_settings() == Settings()


def test_a_file_that_cannot_be_read_is_an_error_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GESTURESYNTH_CONFIG_DIR", "/" + "a" * 300)
    with pytest.raises(FileError, match="cannot be read: File name too long"):
        load_settings()


def test_without_a_file_everything_has_its_default(system: Path) -> None:
    assert load_settings() == Settings()
    assert (Settings().preset, Settings().camera.source, Settings().audio.backend) == ("theremin", "auto", "auto")


def test_every_setting_is_read(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(FULL)
    settings = load_settings(path)
    assert (settings.preset, settings.volume, settings.model) == ("drums", -6.0, "/models/pose.task")
    assert settings.camera == CameraSection(
        source="/dev/video2", width=1280, height=720, fps=60.0, mirror=True, rotate=90
    )
    assert settings.audio == AudioSection(
        backend="jack", device="hall", sample_rate=44100, buffer_frames=128, record_limit_mb=50
    )


def test_the_file_of_the_user_comes_before_that_of_the_system(system: Path) -> None:
    (system / FILE).write_text("preset: of_the_system")
    assert load_settings().preset == "of_the_system"
    paths.config_dir().mkdir()
    (paths.config_dir() / FILE).write_text("preset: of_the_user")
    assert load_settings().preset == "of_the_user"


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        load_settings(tmp_path / "none.yaml")


def test_the_null_backend_can_be_written_as_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("audio: {backend: null}")
    assert load_settings(path).audio.backend == "null"


def test_everything_that_is_wrong_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "volume: 3 dB\ncamera:\n  widht: 3\n  fps: fast\n  mirror: perhaps\n  rotate: 45\n"
        "audio: {backend: jak, bufer_frames: 64, buffer_frames: 64.5, sample_rate: 44 ms}\n"
    )
    with pytest.raises(FileError) as caught:
        load_settings(path)
    reported = [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]
    wanted = [
        "1:9: volume: 3 dB is outside -60 to 0 dB",
        "3:3: camera.widht: unknown key, did you mean 'width'? Allowed: exposure, fps, gain, height, ",
        "4:8: camera.fps: expected a number",
        "5:11: camera.mirror: expected true or false, not 'perhaps'",
        "6:11: camera.rotate: expected 0, 90, 180 or 270 degrees, not '45'",
        "7:18: audio.backend: 'jak' is not an audio backend, did you mean 'jack'? Allowed: auto, jack, portaudio, null",
        "7:23: audio.bufer_frames: unknown key, did you mean 'buffer_frames'?",
        "7:56: audio.buffer_frames: expected a whole number (16 to 8192), not 64.5",
        "7:75: audio.sample_rate: 'ms' is not a unit for this, expected '1 Hz' or '1 kHz'",
    ]
    assert len(reported) == len(wanted)
    assert [line.startswith(want) for line, want in zip(reported, wanted, strict=True)] == [True] * len(wanted), (
        reported
    )


def test_flags_override_the_file() -> None:
    settings = Settings(volume=-6.0).with_overrides(
        {"camera.source": "demo", "camera.fps": 15, "audio.backend": "null", "preset": None, "volume": "-12 dB"}
    )
    assert (settings.camera.source, settings.camera.fps, settings.audio.backend) == ("demo", 15.0, "null")
    assert (settings.preset, settings.volume, settings.camera.width) == ("theremin", -12.0, 640)


def test_nothing_overridden_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(FULL)
    settings = load_settings(path)
    assert settings.with_overrides({"volume": None}) == settings
    assert Settings().with_overrides({}) == Settings()


def test_a_wrong_flag_is_reported_by_its_key() -> None:
    with pytest.raises(UserError) as caught:
        Settings().with_overrides({"camera.fps": 0, "audio.backend": "jak", "volume": 3.0})
    assert str(caught.value).splitlines() == [
        "volume: 3 dB is outside -60 to 0 dB",
        "camera.fps: 0 is outside 0.1 to 1000",
        "audio.backend: 'jak' is not an audio backend, did you mean 'jack'? Allowed: auto, jack, portaudio, null",
    ]


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
def test_no_file_raises_anything_but_a_file_error(data: bytes) -> None:
    path = paths.config_dir() / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    try:
        loaded = load_settings()
    except FileError:
        return
    assert isinstance(loaded, Settings)


def test_the_schema_accepts_what_loads_and_refuses_what_does_not() -> None:
    root = settings_schema()
    assert valid(yaml.safe_load(FULL), root, root)
    assert valid({"audio": {"backend": None}}, root, root)
    for wrong in ({"volum": 3}, {"volume": 3}, {"camera": {"rotate": 45}}, {"audio": {"backend": "jak"}}):
        assert not valid(wrong, root, root)


HOURS = """
hours:
  time_zone: Europe/Berlin
  daily: 10:00-18:00
  monday: closed
  thursday: [10:00-13:00, '14:00-20:00']
  saturday: 20:00-02:00, 12-18
  fade: 3
"""


def test_opening_hours_are_read(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(HOURS)
    loaded = load_settings(path)
    assert loaded.hours == HoursSection(
        time_zone="Europe/Berlin",
        daily="10:00-18:00",
        monday="closed",
        thursday="10:00-13:00, 14:00-20:00",
        saturday="12:00-18:00, 20:00-02:00",
        fade=3.0,
    )
    assert loaded.with_overrides({"volume": -3.0}).hours == loaded.hours
    root = settings_schema()
    assert valid({"hours": {"daily": "10-18", "monday": ["10-12", "13-15"], "fade": 3}}, root, root)


def test_wrong_hours_are_reported_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "hours:\n  time_zone: Europe/Berln\n  monday: 10:00\n  tuesday: [10-12, noon]\n  mittwoch: closed\n"
        "  fade: 60 s\n"
    )
    with pytest.raises(FileError) as caught:
        load_settings(path)
    form = "hours such as 10:00-18:00 (several with commas between them), `closed` or `always`"
    assert str(caught.value).splitlines() == [
        (
            f"{path}:2:14: hours.time_zone: 'Europe/Berln' is not a time zone, did you mean 'Europe/Berlin'? They are "
            "called as in Europe/Berlin, America/New_York or UTC"
        ),
        f"{path}:3:11: hours.monday: expected {form}, not '10:00'",
        f"{path}:4:12: hours.tuesday: expected {form}, not 'noon'",
        (
            f"{path}:5:3: hours.mittwoch: unknown key. Allowed: daily, fade, friday, monday, saturday, sunday, "
            "thursday, time_zone, tuesday, wednesday"
        ),
        f"{path}:6:9: hours.fade: 60 s is outside 0 to 30 s",
    ]
