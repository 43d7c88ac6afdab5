"""Whatever a piece does, in whatever order: each note ends once, and none is left."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.runtime.midi_message import MidiController, MidiNote, MidiSetup
from gesturesynth.runtime.tempo import Tempo
from tests.support.midi_player import Played
from tests.support.midi_states import voice

NOTES = st.builds(
    MidiNote,
    st.sampled_from(["", "trigger", "class", "gesture"]),
    name=st.sampled_from(["a", "b"]),
    note=st.sampled_from([0, 60, 69, 127]),
    pitch=st.sampled_from(["", "", "pitch"]),
    bend=st.sampled_from(["none", "tune", "slide"]),
    gate=st.sampled_from(["", "level"]),
    length_s=st.sampled_from([0.0, 0.03, 0.5]),
    grid=st.sampled_from([0.0, 0.25]),
    channel=st.sampled_from([0, 1, 5]),
)
CONTROLLERS = st.builds(
    MidiController,
    st.sampled_from(["control", "fine", "bend", "pressure"]),
    st.integers(0, 31),
    st.sampled_from(["level", "pitch"]),
)
SETUPS = st.builds(
    MidiSetup,
    channel=st.integers(1, 15),
    voices=st.integers(1, 2),
    mpe=st.booleans(),
    controllers=st.lists(CONTROLLERS, max_size=3).map(tuple),
    notes=st.lists(NOTES, min_size=2, max_size=5).map(tuple),
    programs=st.sampled_from([{}, {"": 1}, {"s": 5}]),
    clock=st.booleans(),
)
COUNTS = st.fixed_dictionaries({"a": st.integers(0, 3), "b": st.integers(0, 3)})
VOICES = st.builds(
    lambda hz, level, counts, recognised, present: voice(
        {"level": level, "pitch": level},
        outputs={"pitch": hz},
        struck=counts,
        entered=counts,
        performed=counts,
        recognised=recognised,
        present=present,
    ),
    st.sampled_from([0.0, math.nan, 8.2, 220.0, 440.0, 447.0, 12500.0]),
    st.sampled_from([0.0, 0.07, 0.5, 1.0, math.nan]),
    COUNTS,
    st.sampled_from(["", "a", "b"]),
    st.booleans(),
)
SILENCES = st.sampled_from([*[{}] * 6, {"muted": True}, {"panic": True}, {"closed": True}])
"""Most of the time it plays, or nothing would ever sound."""
PARTS = st.builds(
    lambda silence, other, scene, tempo: silence | other | {"scene": scene, "tempo": tempo},
    SILENCES,
    st.sampled_from([*[{"changes": 1}] * 6, {"changes": 2}]),
    st.sampled_from(["", "", "", "s"]),
    st.sampled_from([None, Tempo(120.0), Tempo(300.0)]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("feed"), st.tuples(VOICES, VOICES), PARTS),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 0.02, 0.2, 1.5]), st.none()),
    ),
    min_size=12,
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(SETUPS, SETUPS, STEPS)
def test_whatever_happens_each_note_ends_once_and_none_is_left(one: MidiSetup, other: MidiSetup, steps: Any) -> None:
    piece = Played(one)
    for what, value, parts in steps:
        if what == "wait":
            piece.wait(value)
        else:
            piece.feed(*value, setup=one if parts.get("changes", 1) == 1 else other, **parts)
            if parts.get("muted") or parts.get("panic") or parts.get("closed"):
                assert piece.notes == set()
                assert piece.player.sounding == 0
    piece.receiver.feed(piece.player.end(piece.now_s))
    assert piece.notes == set()
    assert not piece.receiver.running
    assert all(bend == 8192 for bend in piece.receiver.bends.values())
