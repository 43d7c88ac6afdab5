"""A preset with words goes to another computer with its text."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.ops.packs.pack import PackRequest, pack
from gesturesynth.ops.packs.unpack import check_pack, unpack

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PRESET = "name: Sea\nfeatures: [lean]\nwords:\n  text: sea.txt\n"


@pytest.fixture
def own(own_folders: Path) -> Path:
    """The folder of one's own presets, with one that has words."""
    folder = paths.config_dir() / "presets"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(PRESET, encoding="utf-8")
    (folder / "sea.txt").write_text("The sea is grey.\n", encoding="utf-8")
    return folder


def packed(own: Path) -> Path:
    return pack(PackRequest("mine", own.parent / "mine.gspack"), NOW)[0]


def test_the_text_is_put_beside_the_preset(own: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(own)
    monkeypatch.setenv("GESTURESYNTH_CONFIG_DIR", str(own_folders / "other"))
    checked = check_pack(file, "theirs")
    assert not (own_folders / "other" / "presets").exists()
    done = unpack(checked, NOW)
    assert done.preset.name == "theirs.yaml"
    assert loader.load(done.preset).words == loader.load(own / "mine.yaml").words
    assert unpack(check_pack(file, "theirs"), NOW).backup is None, "the very same files are not in the way"


@pytest.mark.parametrize("name", ["mine", "other"])
def test_another_text_of_that_name_is_replaced_only_when_it_is_said_and_is_kept(own: Path, name: str) -> None:
    file = packed(own)
    (own / "sea.txt").write_text("Another sea.\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"there is a (preset 'mine'|text 'sea\.txt') already"):
        unpack(check_pack(file, name), NOW)
    assert (own / "sea.txt").read_text(encoding="utf-8") == "Another sea.\n"
    done = unpack(check_pack(file, name), NOW, replace=True)
    assert done.backup
    assert (done.backup / "sea.txt").read_text(encoding="utf-8") == "Another sea.\n"
    assert (own / "sea.txt").read_text(encoding="utf-8") == "The sea is grey.\n"


@pytest.mark.parametrize(
    "name", ["", "../sea.txt", "/etc/sea.txt", ".txt", "sea.yaml", "a\nb.txt", "other.txt", "x" * 300]
)
def test_a_text_under_a_wrong_name_is_refused(own: Path, name: str) -> None:
    file = packed(own)
    with zipfile.ZipFile(file) as found:
        parts = {entry: found.read(entry) for entry in found.namelist()}
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | {"text": name}).encode()
    with zipfile.ZipFile(file, "w") as out:
        for entry, data in parts.items():
            out.writestr(entry, data)
    with pytest.raises(UserError):
        check_pack(file)
    assert sorted(path.name for path in own.iterdir()) == ["mine.yaml", "sea.txt"]


def test_a_pack_without_a_text_is_one_that_older_programs_read(own: Path) -> None:
    (own / "plain.yaml").write_text("name: P\nfeatures: [lean]\noutputs:\n  a: {}\n", encoding="utf-8")
    _, plain = pack(PackRequest("plain", own.parent / "plain.gspack"), NOW)
    _, words = pack(PackRequest("mine", own.parent / "mine.gspack"), NOW)
    assert (plain.version, words.version) == (1, 2)
