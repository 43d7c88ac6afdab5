"""Instruments of one's own are found in the config folder and in other packages, and nothing of them runs."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import PresetError
from gesturesynth.synthesis.instruments import catalogue, own
from gesturesynth.synthesis.instruments.known import known_instruments
from gesturesynth.synthesis.instruments.own import module_file, own_folder
from tests.support.own_instruments import HUM, put

PRESET = "name: P\nfeatures: [right_wrist.height]\noutputs:\n  pitch: {to: KIND.pitch}\n"


def preset(kind: str) -> object:
    return loader.loads(PRESET.replace("KIND", kind), "p.yaml")


def test_without_any_there_are_those_of_the_project() -> None:
    known = known_instruments()
    assert list(known.tables) == list(catalogue())
    assert not known.origins
    assert not known.broken


def test_a_file_is_found_named_by_presets_and_not_run(own_folders: Path) -> None:
    mark = own_folders / "it_ran"
    path = put(f"open({str(mark)!r}, 'w').close()\nraise SystemExit(3)\n{HUM}")
    known = known_instruments()
    assert known.origins == {"hum": str(path)}
    assert [parameter.name for parameter in known.tables["hum"].parameters] == ["pitch", "level"]
    assert preset("hum")
    assert not mark.exists()


def test_a_file_that_changes_is_read_as_it_is_now() -> None:
    put(HUM)
    put(HUM.replace("240.0", "300.0"))
    assert known_instruments().tables["hum"].parameters[0].high == 300.0


def test_a_broken_one_is_a_sentence_where_a_preset_names_it_and_the_others_are_there() -> None:
    put(HUM)
    path = put("class Bad(Instrument): pass", "bad")
    known = known_instruments()
    assert known.broken == {"bad": f"{path}:1: the class Bad has no `kind`"}
    assert "hum" in known.tables
    for text in (PRESET.replace("KIND", "bad"), PRESET.replace("KIND", "hum") + "instruments:\n  bad: {}\n"):
        with pytest.raises(PresetError, match=r"the instrument 'bad' cannot be used: .*bad.py:1: the class Bad"):
            loader.loads(text, "p.yaml")


def test_names_that_are_taken_wrong_or_not_that_of_the_file_are_refused() -> None:
    put(HUM, "drone")
    put(HUM, "Big-Name")
    (own_folder() / "other.py").write_text(HUM)
    (own_folder() / "_helper.py").write_text("x = 1")
    broken = known_instruments().broken
    assert set(broken) == {"drone", "Big-Name", "other"}
    assert "'drone' is an instrument of Gesture Synth" in broken["drone"]
    assert "the name of the file" in broken["Big-Name"]
    assert "its `kind` is 'hum', but the file is called other.py" in broken["other"]


def test_what_another_user_could_write_to_is_refused() -> None:
    path = put(HUM)
    path.chmod(0o666)
    assert "everyone may write to the file" in known_instruments().broken["hum"]
    path.chmod(0o644)
    own_folder().chmod(0o777)
    assert "everyone may write to the folder" in known_instruments().broken["hum"]
    own_folder().chmod(0o755)
    assert "hum" in known_instruments().tables


def test_a_folder_in_place_of_a_file_and_what_cannot_be_read_are_sentences() -> None:
    (own_folder() / "hum.py").mkdir(parents=True)
    (own_folder() / "gone.py").symlink_to("/nonexistent/gone.py")
    broken = known_instruments().broken
    assert set(broken) == {"hum", "gone"}
    assert all("cannot be read" in text for text in broken.values())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of another person, which says when it is imported."""
    folder = tmp_path / "their_package"
    (folder / "inner").mkdir(parents=True)
    for place in (folder, folder / "inner"):
        (place / "__init__.py").write_text("import builtins\nbuiltins.their_package_ran = True\n")
    (folder / "inner" / "hum.py").write_text(HUM)
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_entry_points_are_read_without_importing_their_package(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(name: str, value: str) -> EntryPoint:
        return EntryPoint(name, value, own.GROUP)

    found = (
        entry("gone", "their_package.gone:Gone"),
        entry("hum", "their_package.inner.hum:Hum"),
        entry("other", "their_package.inner.hum:Hum"),
        entry("nothing", "their_package.inner.hum:Nothing"),
    )
    monkeypatch.setattr(own, "_entry_points", lambda: found)
    known = known_instruments()
    assert known.origins == {"hum": "their_package.inner.hum"}
    assert "expected MODULE:CLASS" in known.broken["gone"]
    assert "its `kind` is 'hum'" in known.broken["other"]
    assert "expected a class Nothing" in known.broken["nothing"]
    assert not any(name.startswith("their_package") for name in sys.modules)
    put(HUM)
    assert "hum.py" in known_instruments().origins["hum"], "a file comes first"


def test_a_module_is_found_where_it_is(package: Path) -> None:
    assert module_file("their_package.inner.hum") == package / "inner" / "hum.py"
    assert module_file("their_package.inner") == package / "inner" / "__init__.py"
    for name in ("their_package.hum", "no_such_package.hum", "sys", "their_package.inner.hum.deeper"):
        assert module_file(name) is None
