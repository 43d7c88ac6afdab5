"""The gallery: a page that names every piece, and says how it sounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import gallery
from tools.gallery import GalleryPiece


def test_the_page_has_sound_picture_and_figures_of_each_piece_and_escapes_names() -> None:
    loud = GalleryPiece("a", "A & B", "It <sounds>.", -18.04, -6.0, 812.0, 3.2, -90.0)
    soft = GalleryPiece("b", "C", "", -19.0, -9.0, 300.0, 0.0, -45.5)
    text = gallery.page([loud, soft])
    for part in ("A &amp; B", "It &lt;sounds&gt;.", 'src="a.wav"', 'src="b.png"', "-18.0 LUFS", "812 Hz", "-45.5 LUFS"):
        assert part in text
    assert text.count(">silent<") == 1


@pytest.mark.slow("rendered performances")
def test_a_piece_is_rendered_with_its_picture_and_measured(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "SECONDS", 6.0)
    monkeypatch.setattr(gallery, "EMPTY_S", 14.0)
    assert gallery.main(str(tmp_path / "g"), "theremin") == 0
    assert {file.name for file in (tmp_path / "g").iterdir()} == {"index.html", "theremin.png", "theremin.wav"}
    text = (tmp_path / "g" / "index.html").read_text(encoding="utf-8")
    assert "Air theremin" in text
    assert ">silent<" in text, "the theremin is silent without a person"
