"""Finding a preset by name or by file, among own and shipped presets."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.config.reference import EXAMPLE
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The folders of shipped presets and of own ones."""
    shipped, own = tmp_path / "shipped", paths.config_dir() / "presets"
    for folder in (shipped, own):
        folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "presets_dir", lambda: shipped)
    return shipped, own


def test_own_presets_come_before_shipped_ones(folders: tuple[Path, Path]) -> None:
    shipped, own = folders
    (shipped / "a.yaml").write_text("about: shipped")
    (shipped / "b.yaml").write_text("about: also\n  shipped")
    (own / "a.yml").write_text("about: mine")
    (own / "broken.yaml").write_text("[")
    assert loader.available() == [
        ("a", own / "a.yml", "mine"),
        ("b", shipped / "b.yaml", "also shipped"),
        ("broken", own / "broken.yaml", ""),
    ]
    assert loader.find("a") == own / "a.yml"
    assert loader.find("b") == shipped / "b.yaml"


def test_a_preset_is_found_beside_another_when_it_is_not_known_by_name(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    (folders[0] / "theremin.yaml").write_text(EXAMPLE)
    for name in ("theremin", "mine"):
        (tmp_path / f"{name}.yaml").write_text(EXAMPLE)
    beside = tmp_path / "any.yaml"
    assert loader.find("theremin", beside) == folders[0] / "theremin.yaml"
    assert loader.find("mine", beside) == tmp_path / "mine.yaml"
    with pytest.raises(UserError, match="there is no preset 'mien'"):
        loader.find("mien", beside)


def test_a_preset_is_found_by_its_file(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(EXAMPLE)
    assert loader.find(str(path)) == path
    assert loader.find(path) == path


@pytest.mark.parametrize("name", ["theremn", "./theremn.yaml", "/none/theremn.yaml"])
def test_an_unknown_preset_is_reported_with_those_there_are(name: str, folders: tuple[Path, Path]) -> None:
    (folders[0] / "theremin.yaml").write_text(EXAMPLE)
    with pytest.raises(UserError, match=r"did you mean 'theremin'\? Presets: theremin"):
        loader.find(name)


@pytest.mark.parametrize("name", ["", "\0", "a/\0", "x" * 5000, "..", "~"])
def test_no_name_raises_anything_but_a_user_error(name: str, folders: tuple[Path, Path]) -> None:
    with pytest.raises(UserError):
        loader.find(name)


@pytest.mark.parametrize("name", ["./" + "a" * 300 + ".yaml", "~no-such-user/a.yaml"])
def test_a_path_that_cannot_be_read_is_an_error_sentence(name: str) -> None:
    with pytest.raises(UserError, match=r"cannot be read: File name too long|there is no file"):
        loader.load(loader.find(name))
