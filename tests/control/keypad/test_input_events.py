"""Input events as a keyboard sends them: bytes in, keys out."""

from __future__ import annotations

import itertools
import struct

from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.keypad.input_events import EV_KEY, RECORD, EventParser, KeyEvent
from gesturesynth.control.keypad.key_names import KEY_CODES
from tests.support.fake_keypad import dropped, key, record

ONE, ENTER = KEY_CODES["KP1"], KEY_CODES["KPENTER"]

# Written out by hand, after linux/input.h, as a 64-bit little-endian computer has them: KP1 down and up, then KPENTER
# down, repeated, and up. Each with its scan code (type 4) or without, and an end (type 0).
WRITTEN = bytes.fromhex(
    "a4f12a6700000000 b0c60d0000000000 0400 0400 59000700"
    "a4f12a6700000000 b0c60d0000000000 0100 4f00 01000000"
    "a4f12a6700000000 b0c60d0000000000 0000 0000 00000000"
    "a4f12a6700000000 1d740e0000000000 0400 0400 59000700"
    "a4f12a6700000000 1d740e0000000000 0100 4f00 00000000"
    "a4f12a6700000000 1d740e0000000000 0000 0000 00000000"
    "a5f12a6700000000 5b8d030000000000 0100 6000 01000000"
    "a5f12a6700000000 5b8d030000000000 0000 0000 00000000"
    "a5f12a6700000000 e160070000000000 0100 6000 02000000"
    "a5f12a6700000000 e160070000000000 0000 0000 01000000"
    "a5f12a6700000000 0dd8080000000000 0100 6000 00000000"
    "a5f12a6700000000 0dd8080000000000 0000 0000 00000000"
)


def names(events: list[KeyEvent]) -> list[tuple[int, str]]:
    return [(event.code, event.change) for event in events]


def test_the_record_is_the_one_of_the_kernel() -> None:
    assert RECORD.size == 2 * struct.calcsize("l") + 8


def test_the_keys_of_a_keypad_come_out_of_its_bytes() -> None:
    assert names(EventParser().feed(WRITTEN)) == [
        (ONE, "down"),
        (ONE, "up"),
        (ENTER, "down"),
        (ENTER, "repeat"),
        (ENTER, "up"),
    ]


@given(st.lists(st.integers(0, len(WRITTEN)), max_size=20))
def test_it_does_not_matter_where_the_bytes_are_cut(cuts: list[int]) -> None:
    parser, found = EventParser(), []
    places = [0, *sorted(cuts), len(WRITTEN)]
    for begin, end in itertools.pairwise(places):
        found += parser.feed(WRITTEN[begin:end])
    assert found == EventParser().feed(WRITTEN)
    assert not parser.down


def test_the_up_of_a_key_that_was_down_at_the_start_does_not_count() -> None:
    parser = EventParser()
    assert parser.feed(key("KPENTER", 2) + key("KPENTER", 0)) == []
    assert names(parser.feed(key("KPENTER", 1))) == [(ENTER, "down")]


def test_after_records_were_lost_what_is_not_down_any_more_goes_up() -> None:
    parser = EventParser()
    parser.feed(key("KP1", 1) + key("KPENTER", 1))
    assert parser.feed(dropped()) == []
    assert parser.lost
    assert names(parser.recover({ONE, KEY_CODES["KP2"]})) == [(ENTER, "up")]
    assert parser.down == {ONE}, "what went down unseen means nothing"
    assert names(parser.feed(key("KP1", 0))) == [(ONE, "up")]


def test_what_comes_with_lost_records_means_nothing_until_their_end() -> None:
    parser = EventParser()
    begun = dropped()[: RECORD.size] + record(EV_KEY, ONE, 1)
    assert parser.feed(begun) == []
    assert not parser.lost, "the end has not come yet"
    assert names(parser.feed(record(0, 0, 0) + key("KP1", 1))) == [(ONE, "down")]
    assert parser.lost


KEY_RECORDS = st.tuples(st.sampled_from(["KP1", "KPENTER", "A"]), st.integers(-1, 3)).map(lambda it: key(*it))
BYTES = st.lists(st.one_of(KEY_RECORDS, st.just(dropped()), st.binary(max_size=60)), max_size=30)


@given(BYTES)
def test_whatever_comes_every_key_goes_down_and_up_in_turns(chunks: list[bytes]) -> None:
    parser = EventParser()
    down: set[int] = set()
    for chunk in chunks:
        events = parser.feed(chunk)
        events += parser.recover(()) if parser.lost else []
        for event in events:
            assert (event.code in down) == (event.change != "down")
            if event.change == "down":
                down.add(event.code)
            elif event.change == "up":
                down.remove(event.code)
        assert down == parser.down
    assert {event.code for event in parser.recover(())} == down, "unplugged, nothing is left that is down"
