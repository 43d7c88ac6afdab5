"""The code of own instruments runs in the engine, and whatever it does there, the others play."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.loading import load, load_instruments
from gesturesynth.synthesis.instruments.own import own_folder, read_file
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import pitch_hz
from tests.support.own_instruments import HUM, put
from tests.support.stub_instruments import scene, settle, sound


def test_an_own_instrument_sounds() -> None:
    put(HUM)
    loaded = load_instruments()
    assert list(loaded.kinds) == [*catalogue(), "hum"]
    assert loaded.problems == ()
    assert sorted(path.name for path in own_folder().iterdir()) == ["hum.py"], "nothing compiled is left there"
    with OfflineEngine(kinds=loaded.kinds) as engine:
        engine.apply(sound(scene(InstrumentSetup("hum", "hum", {"pitch": 100.0})), volume_db=0.0))
        settle(engine)
        assert pitch_hz(engine.render(48000)[:, 0], 48000) == pytest.approx(100.0, abs=0.5)


FAILING = {
    "an exception": ("class Hum", "1 / 0\nclass Hum", "line 2: ZeroDivisionError: division by zero"),
    "an exit": ("class Hum", "raise SystemExit(3)\nclass Hum", "SystemExit: 3"),
    "a missing library": ("class Hum", "import no_such_library\nclass Hum", "No module named 'no_such_library'"),
    "no build": ("def build", "def built", "has no `build`"),
    "another table": ("class Hum", "def late(): Hum.about = 'x'\nclass Hum", None),
    "no longer a class": ("    def build", "    pass\nHum = 3\nclass X:\n    def build", "Hum is no Instrument"),
}


@pytest.mark.parametrize("fault", FAILING)
def test_a_file_that_fails_when_it_runs_is_one_sentence(fault: str) -> None:
    before, after, words = FAILING[fault]
    text = HUM.replace(before, after)
    if words is None:
        text, words = text + "late()\n", "its table is another when its code runs"
    path = put(text)
    put(HUM, "fine")
    loaded = load_instruments()
    assert "fine" in loaded.kinds
    assert "hum" not in loaded.kinds
    (problem,) = loaded.problems
    assert problem.startswith(str(path))
    assert words in problem
    assert "\n" not in problem


def test_only_what_is_wanted_runs() -> None:
    put(HUM, "fine")
    put("raise SystemExit\n" + HUM)
    assert load_instruments(wanted={"drone"}).problems == ()
    assert "fine" not in load_instruments(wanted={"drone"}).kinds
    assert "fine" in load_instruments(wanted={"fine"}).kinds
    assert load_instruments(wanted={"hum"}).problems


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("graph = self", "raise ValueError('no string'); graph = self", "cannot be built: ValueError: no string"),
        ('[control["pitch"], control["pitch"] * 1.002]', "300", "it must end in two, left and right"),
        ("return graph", "return 3 or graph", "cannot be built: TypeError"),
    ],
)
def test_one_that_cannot_be_built_is_a_note_and_the_others_play(before: str, after: str, words: str) -> None:
    put(HUM.replace(before, after))
    put(HUM, "fine")
    both = scene(InstrumentSetup("hum", "hum"), InstrumentSetup("fine", "fine"), moved={"hum.pitch": 0.1})
    with OfflineEngine(kinds=load_instruments().kinds) as engine:
        engine.apply(sound(both, 100.0))
        settle(engine)
        assert words in "; ".join(engine.notes)
        engine.apply(sound(scene(*both.instruments, moved={"fine.pitch": 0.1}), 100.0))
        assert words in "; ".join(engine.notes), "it is still so"
        assert np.abs(engine.render(4800)).max() > 1e-3


def test_a_trigger_that_fails_is_a_note() -> None:
    put(HUM.replace("    parameters =", '    triggers = (Trigger("hit", "A hit."),)\n    parameters ='))
    of = scene(InstrumentSetup("hum", "hum"), triggers=("hum.hit",))
    with OfflineEngine(kinds=load_instruments().kinds) as engine:
        engine.apply(sound(of, trigger_counts=(0,)))
        engine.apply(sound(of, trigger_counts=(1,)))
        assert engine.notes == ("'hum.hit' cannot be fired: KeyError: 'hit'",)


def test_a_package_is_imported_as_python_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "their_hum.py").write_text(HUM)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = read_file(put(HUM))
    module = type(found)(found.table, tmp_path / "their_hum.py", "Hum", "their_hum")
    try:
        assert load(module).kind == "hum"
        assert "their_hum" in sys.modules
    finally:
        del sys.modules["their_hum"]
    with pytest.raises(UserError, match="their_gone: ModuleNotFoundError"):
        load(type(found)(found.table, tmp_path, "Hum", "their_gone"))
