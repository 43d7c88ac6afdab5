"""Which files make a preset be read once more."""

from __future__ import annotations

from pathlib import Path

from gesturesynth.pipeline.preset_reader import MOST_BESIDE, MOST_LOOKED_AT, stamp_of


def test_a_file_beside_the_preset_counts(tmp_path: Path) -> None:
    preset, text = tmp_path / "sea.yaml", tmp_path / "sea.txt"
    preset.write_text("name: Sea")
    before = stamp_of(preset, tmp_path / "sea.csv")
    text.write_text("The sea")
    added = stamp_of(preset, tmp_path / "sea.csv")
    text.write_text("The sea is grey.")
    assert len({before, added, stamp_of(preset, tmp_path / "sea.csv")}) == 3


def test_a_folder_of_many_files_is_not_looked_through_in_the_loop_that_plays(tmp_path: Path) -> None:
    preset = tmp_path / "faces.yaml"
    preset.write_text("name: Faces")
    for number in range(MOST_BESIDE):
        (tmp_path / f"{number}.npy").touch()
    assert len(stamp_of(preset, tmp_path / "faces.csv")) == MOST_BESIDE + 2
    (tmp_path / "more.npy").touch()
    assert len(stamp_of(preset, tmp_path / "faces.csv")) == 2
    (tmp_path / "more.npy").unlink()
    for number in range(MOST_LOOKED_AT):
        (tmp_path / f"{number}.jpg").touch()
    assert len(stamp_of(preset, tmp_path / "faces.csv")) == 2
