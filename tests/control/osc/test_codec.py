"""OSC datagrams: what is understood, what is refused, and that nothing else can happen."""

from __future__ import annotations

import logging
import math
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from gesturesynth.control.osc.codec import (
    MOST_ARGUMENTS,
    MOST_DEPTH,
    MOST_MESSAGES,
    MOST_OCTETS,
    PACKET_OCTETS,
    FloatsMessage,
    MalformedError,
    Message,
    bundles,
    clipped,
    decode,
    encode,
    safe_name,
)

ADDRESSES = st.from_regex(r"\A/[a-z0-9./_-]{0,30}\Z")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
FLOATS = st.floats(width=32)
VALUES = st.lists(
    st.one_of(st.integers(-(2**63), 2**63 - 1), FLOATS, TEXTS, st.booleans()), max_size=MOST_ARGUMENTS
).map(tuple)


def bundle(*parts: bytes, when: bytes = b"\0\0\0\0\0\0\0\1") -> bytes:
    return b"#bundle\0" + when + b"".join(struct.pack(">i", len(part)) + part for part in parts)


def same(one: object, other: object) -> bool:
    return one == other or (isinstance(one, float) and isinstance(other, float) and math.isnan(one + other))


@given(ADDRESSES, VALUES)
def test_what_python_osc_writes_is_read_as_it_was_meant(
    address: str, values: tuple[int | float | str | bool, ...]
) -> None:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    (message,) = decode(builder.build().dgram)
    assert message.address == address
    assert all(map(same, message.values, values))
    assert [type(value) for value in message.values] == [type(value) for value in values]


@given(ADDRESSES, VALUES)
def test_messages_of_the_codec_are_read_by_python_osc(
    address: str, values: tuple[int | float | str | bool, ...]
) -> None:
    message = OscMessage(encode(address, *values))
    assert message.address == address
    for got, value in zip(message.params, values, strict=True):
        if isinstance(value, float) and not math.isfinite(value):
            assert math.isfinite(got)
        else:
            assert got == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -1e300])
def test_numbers_that_no_float_holds_are_sent_as_ones_that_it_does(value: float) -> None:
    for datagram in (encode("/a", value), FloatsMessage("/a", 1).fill([value])):
        (got,) = OscMessage(datagram).params
        assert math.isfinite(got)
        assert math.copysign(1.0, got) == math.copysign(1.0, value) or math.isnan(value)


@given(st.lists(FLOATS.filter(math.isfinite), max_size=50))
def test_a_prepared_message_that_is_filled_equals_an_encoded_one(values: list[float]) -> None:
    assert FloatsMessage("/values", len(values)).fill(values) == encode("/values", *values)


def test_a_bundle_is_for_now_whatever_its_time_tag_says() -> None:
    in_a_century = struct.pack(">Q", 2**64 - 1)
    inner = bundle(encode("/b", 2), when=in_a_century)
    assert decode(bundle(encode("/a", 1), inner, encode("/c", 3), when=in_a_century)) == (
        Message("/a", (1,)),
        Message("/b", (2,)),
        Message("/c", (3,)),
    )


@pytest.mark.parametrize("tags", ["N", "I", "iN", "Ii", "NiI", "NNNi", "IsfN"])
def test_nil_and_impulse_are_read_past(tags: str) -> None:
    values: dict[str, int | str | float] = {"i": 7, "s": "text", "f": 0.5}
    kept = [values[tag] for tag in tags if tag in values]
    plain = encode("/a", *kept)
    padded = f",{tags}".encode() + b"\0" * (4 - (len(tags) + 1) % 4)
    behind = plain[4 + (len(kept) + 1) // 4 * 4 + 4 :]
    assert decode(b"/a\0\0" + padded + behind) == (Message("/a", tuple(kept)),)


def test_an_old_sender_may_leave_the_type_tags_out() -> None:
    assert decode(b"/gesturesynth/train\0") == (Message("/gesturesynth/train", ()),)


def nested(depth: int) -> bytes:
    datagram = encode("/a")
    for _ in range(depth):
        datagram = bundle(datagram)
    return datagram


def test_bundles_are_read_up_to_their_limits() -> None:
    assert len(decode(nested(MOST_DEPTH))) == 1
    assert len(decode(bundle(*[encode("/a")] * MOST_MESSAGES))) == MOST_MESSAGES
    assert decode(bundle()) == ()


@pytest.mark.parametrize(
    ("datagram", "words"),
    [
        (b"", "begin with '/'"),
        (b"hello", "begin with '/'"),
        (b"/a", "cut off"),
        (b"/abc", "cut off"),
        (b"/abc\0", "cut off"),
        (b"/abc\0\0\0\0i\0\0\0", "type tags"),
        (b"/a\0\0,iii", "type tags"),
        (b"/a\0\0,f\0\0", "argument 1 is missing"),
        (b"/a\0\0,if\0\0\0\0\1", "argument 2 is missing"),
        (b"/a\0\0,s\0\0abcd", "argument 1 is missing"),
        (b"/a\0\0,d\0\0\0\0\0\1", "argument 1 is missing"),
        (b"/a\0\0,i\0\0\0\0\0\1more", "behind the last"),
        (b"/a\0\0,s\0\0\xff\xfe\0\0", "UTF-8"),
        (b"/a\0\0,b\0\0\xff\xff\xff\xf8", "a blob"),
        (b"/a\0\0,[[]\0\0\0\0", "an array"),
        (b"/a\0\0,\xe9\0\0", "of an unknown type"),
        (b"/a\0\0," + b"T" * (MOST_ARGUMENTS + 1) + b"\0\0", "at most 8 arguments"),
        (encode("/gesturesynth/*"), "wildcards"),
        (encode("/gesturesynth/{clear,quit}"), "wildcards"),
        (encode("/gesturesynth/cle?r"), "wildcards"),
        (encode("/a b"), "ASCII"),
        (encode("/gestüresynth/train"), "ASCII"),
        (encode("/" + "a" * 300), "too long"),
        (encode("/a", "x" * MOST_OCTETS), "at most 1024 bytes"),
        (nested(MOST_DEPTH + 1), "deep"),
        (bundle(*[encode("/a")] * (MOST_MESSAGES + 1)), "at most 16 messages"),
        (b"#bundle\0", "time tag"),
        (bundle() + b"\0\0", "size of an element"),
        (bundle() + struct.pack(">i", -4), "-4 bytes"),
        (bundle() + struct.pack(">i", 0), "0 bytes"),
        (bundle() + struct.pack(">i", 2**31 - 1), "where it cannot"),
        (bundle(encode("/a"), b"rubbish\0"), "begin with '/'"),
    ],
)
def test_what_is_not_plain_osc_is_refused_with_a_sentence(datagram: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        decode(datagram)


def test_a_sentence_about_an_argument_comes_with_the_address() -> None:
    with pytest.raises(MalformedError) as caught:
        decode(b"/gesturesynth/select\0\0\0\0,f\0\0")
    assert caught.value.address == "/gesturesynth/select"


class RecordHandler(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@given(st.binary(max_size=200) | st.builds(lambda tail: b"/a\0\0," + tail, st.binary(max_size=60)))
def test_any_bytes_give_messages_or_a_sentence_and_no_line_in_the_log(datagram: bytes) -> None:
    records: list[logging.LogRecord] = []
    handler = RecordHandler(records)
    logging.getLogger().addHandler(handler)
    try:
        with suppress(MalformedError):
            decode(datagram)
    finally:
        logging.getLogger().removeHandler(handler)
    assert not records


@given(st.lists(FLOATS.filter(math.isfinite), min_size=1, max_size=300))
def test_many_values_travel_in_bundles_that_fit_an_ethernet(values: list[float]) -> None:
    messages = [encode(f"/gesturesynth/output/number_{number}", value) for number, value in enumerate(values)]
    packets = list(bundles(messages))
    assert all(len(packet) <= PACKET_OCTETS for packet in packets)
    received: list[float] = []
    for packet in packets:
        parts = list(OscBundle(packet)) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]
        received += [part.params[0] for part in parts]
    assert received == values


def test_our_bundles_are_those_of_python_osc() -> None:
    builder = OscBundleBuilder(IMMEDIATELY)
    builder.add_content(OscMessage(encode("/a", 1)))
    builder.add_content(OscMessage(encode("/b", 2.0)))
    assert list(bundles([encode("/a", 1), encode("/b", 2.0)])) == [builder.build().dgram]


@given(st.text(max_size=20))
def test_any_name_becomes_a_part_of_an_address(name: str) -> None:
    (message,) = decode(encode("/gesturesynth/output/" + safe_name(name), 1.0))
    assert message.values == (1.0,)


@given(st.text())
def test_sentences_are_sent_in_one_short_printable_line(words: str) -> None:
    line = clipped(words, 40)
    assert len(line) <= 40
    assert line.isprintable()
