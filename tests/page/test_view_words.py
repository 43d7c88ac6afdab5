"""The sentences about the view, on the page: one for each code, in each language."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from gesturesynth.page import assets
from gesturesynth.runtime.view_reading import VIEW_SENTENCES, ViewCode


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_every_code_has_words(language: str) -> None:
    words = json.loads((assets.FOLDER / "words" / f"{language}.json").read_text(encoding="utf-8"))
    codes = [code for code in get_args(ViewCode) if code]
    assert [code for code in codes if not words.get(f"view.{code}")] == []
    assert [key for key in words if key.startswith("view.") and key.removeprefix("view.") not in codes] == []
    assert set(VIEW_SENTENCES) == set(get_args(ViewCode))
