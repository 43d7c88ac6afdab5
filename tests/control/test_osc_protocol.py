"""What datagrams mean, without a socket."""

from __future__ import annotations

import math
import struct
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.commands import COMMANDS, Call, call
from gesturesynth.control.osc_addresses import BY_ADDRESS, docs_table
from gesturesynth.control.osc_codec import MOST_OCTETS, encode
from gesturesynth.control.osc_limits import BURST, AllowList
from gesturesynth.control.osc_protocol import Answer, Asked, Protocol
from tests.control.osc_mutants import bundle, mutants

OWN = ("127.0.0.1", 9000)
ME = ("127.0.0.1", 5000)


@pytest.fixture
def protocol() -> Protocol:
    return Protocol(AllowList(["192.168.1.20"]), OWN)


def asked(protocol: Protocol, address: str, *values: float | str | bool, now_s: float = 0.0) -> list[Call]:
    """The calls that a message brings; fails for anything else."""
    results = protocol.receive(encode(f"/gesturesynth/{address}", *values), ME, now_s)
    assert all(isinstance(result, Asked) for result in results), results
    return [result.call for result in results if isinstance(result, Asked)]


def said(protocol: Protocol, address: str, *values: float | str | bool, now_s: float = 0.0) -> Answer:
    """The one answer that a message gets at once; fails for anything else."""
    (result,) = protocol.receive(encode(address, *values), ME, now_s)
    assert isinstance(result, Answer)
    assert (result.sender, result.address) == (ME, address)
    return result


VALUES: dict[str, tuple[int | float | str | bool, ...]] = {
    "select": (3,),
    "preset": ("theremin",),
    "volume": (-6.0,),
    "hold": (True,),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_at_its_address(protocol: Protocol, name: str) -> None:
    values = VALUES.get(name, ())
    assert asked(protocol, name, *values) == [call(name, values, "osc 127.0.0.1:5000")]


def test_a_fader_that_knows_only_floats_selects_a_snapshot(protocol: Protocol) -> None:
    assert asked(protocol, "select", 3.0) == [Call("select", (3,), "osc 127.0.0.1:5000")]


@pytest.mark.parametrize("down", [1, 1.0, True])
def test_a_button_does_it_when_it_is_pressed_and_nothing_when_it_is_let_go(protocol: Protocol, down: float) -> None:
    up = type(down)(0)
    assert asked(protocol, "record", down) == [Call("record", (), "osc 127.0.0.1:5000")]
    assert said(protocol, "/gesturesynth/record", up).ok
    assert asked(protocol, "label", down) == [Call("label", (), "osc 127.0.0.1:5000")]
    assert asked(protocol, "mute", up) == [Call("mute", (False,), "osc 127.0.0.1:5000")], "a switch takes the value"
    assert protocol.counts.calls == 3


@pytest.mark.parametrize(
    ("address", "values", "words"),
    [
        ("/gesturesynth/select", (), "takes 1 value, not 0"),
        ("/gesturesynth/select", (1, 2), "takes 1 value, not 2"),
        ("/gesturesynth/select", (10,), "from 1 to 9"),
        ("/gesturesynth/select", (2.5,), "from 1 to 9"),
        ("/gesturesynth/select", ("3",), "from 1 to 9"),
        ("/gesturesynth/select", (2**60,), "from 1 to 9"),
        ("/gesturesynth/volume", (3.0,), "from -60 to 0 dB"),
        ("/gesturesynth/volume", (True,), "from -60 to 0 dB"),
        ("/gesturesynth/record", (2,), "takes no value"),
        ("/gesturesynth/record", ("now",), "takes no value"),
        ("/gesturesynth/label", ("two\nlines",), "must be a text"),
        ("/gesturesynth/selekt", (3,), "did you mean 'select'"),
        ("/gesturesynth/Select", (3,), "did you mean 'select'"),
        ("/gesturesynth/select/", (3,), "no command"),
        ("/gesturesynth//select", (3,), "no command"),
        ("/gesturesynth/", (), "no command"),
        ("/1/fader1", (0.5,), "begin with /gesturesynth/"),
        ("/gesturesynth/query", (3,), "takes no value"),
        ("/gesturesynth/subscribe", (80,), "PORT must be a whole number from 1024 to 65535"),
        ("/gesturesynth/subscribe", (70000,), "PORT must be"),
        ("/gesturesynth/subscribe", ("here",), "PORT must be"),
        ("/gesturesynth/subscribe", (7000, 1000.0), "RATE must be a number from 1 to 60 Hz"),
        ("/gesturesynth/subscribe", (7000, 0), "RATE must be"),
        ("/gesturesynth/subscribe", (7000, 10, 1), "at most 2 values"),
        ("/gesturesynth/subscribe", (9000,), "this program listens on"),
        ("/gesturesynth/unsubscribe", (7000,), "Nothing is sent to 127.0.0.1:7000"),
    ],
)
def test_what_is_wrong_is_said_and_goes_no_further(
    protocol: Protocol, address: str, values: tuple[int | float | str | bool, ...], words: str
) -> None:
    answer = said(protocol, address, *values)
    assert not answer.ok
    assert words in answer.words
    assert protocol.counts.refused == 1
    assert protocol.counts.calls == 0
    assert not protocol.questions()
    assert len(protocol.leases) == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_gets_through(protocol: Protocol, value: float) -> None:
    octets = encode("/gesturesynth/volume", 0.0)
    for kind, packed in ((b"f", ">f"), (b"d", ">d")):
        datagram = octets[:-8] + b"," + kind + b"\0\0" + struct.pack(packed, value)
        (answer,) = protocol.receive(datagram, ME, 0.0)
        assert isinstance(answer, Answer)
        assert not answer.ok


def test_a_bundle_brings_all_its_commands_in_order_and_one_bad_message_spoils_it(protocol: Protocol) -> None:
    good = [encode("/gesturesynth/select", number) for number in (3, 1, 2)]
    results = protocol.receive(bundle(good[0], bundle(good[1]), good[2]), ME, 0.0)
    assert [result.call.values for result in results if isinstance(result, Asked)] == [(3,), (1,), (2,)]
    (answer,) = protocol.receive(bundle(*good, encode("/gesturesynth/*")), ME, 0.0)
    assert isinstance(answer, Answer)
    assert "wildcards" in answer.words


def test_one_packet_cannot_both_ask_and_confirm(protocol: Protocol) -> None:
    clear = encode("/gesturesynth/clear")
    first, second = protocol.receive(bundle(clear, clear), ME, 0.0)
    assert isinstance(first, Asked)
    assert isinstance(second, Answer)
    assert "came again at once" in second.words
    assert asked(protocol, "clear", now_s=1.0) == [Call("clear", (), "osc 127.0.0.1:5000")]


def test_what_we_send_ourselves_is_never_answered(protocol: Protocol) -> None:
    for address in ("ack", "error", "state", "output/pitch"):
        assert protocol.receive(encode(f"/gesturesynth/{address}", "x"), ME, 0.0) == []
    assert protocol.receive(b"/gesturesynth/error\0,bad", ME, 0.0) == []
    assert protocol.receive(encode("/gesturesynth/train"), OWN, 0.0) == []
    assert protocol.counts.ignored == 6


def test_strangers_are_not_heard_and_not_answered(protocol: Protocol) -> None:
    train = encode("/gesturesynth/train")
    assert protocol.receive(train, ("192.168.1.21", 5000), 0.0) == []
    assert protocol.counts.not_allowed == 1
    assert len(protocol.receive(train, ("192.168.1.20", 5000), 0.0)) == 1


def test_whoever_sends_too_much_gets_no_more_answers_and_others_do(protocol: Protocol) -> None:
    train = encode("/gesturesynth/train")
    assert sum(len(protocol.receive(train, ME, 0.0)) for _ in range(1000)) == BURST
    assert protocol.counts.limited == 1000 - BURST
    assert len(protocol.receive(train, ("127.0.0.1", 5001), 0.0)) == 1
    assert len(protocol.receive(train, ME, 0.1)) == 1, "soon it is heard again"


def test_messages_in_bundles_count_one_by_one(protocol: Protocol) -> None:
    sixteen = bundle(*[encode("/gesturesynth/train")] * 16)
    assert sum(len(protocol.receive(sixteen, ME, 0.0)) for _ in range(100)) == BURST
    assert protocol.counts.limited == 12 + 93, "the rest of the seventh bundle, then bundles unread"


def test_nonsense_is_answered_slowly_so_that_two_programs_cannot_keep_each_other_busy(protocol: Protocol) -> None:
    answers, steps = 0, 1000
    for step in range(steps):
        for nonsense in (b"nonsense", encode("/elsewhere")):
            answers += len(protocol.receive(nonsense, ME, step / 60))
    assert 0 < answers < 0.1 * 2 * steps + 20
    assert asked(protocol, "train", now_s=20.0), "and a command is still heard"


def test_a_long_datagram_is_refused_unread(protocol: Protocol) -> None:
    (answer,) = protocol.receive(b"/" * (MOST_OCTETS + 1), ME, 0.0)
    assert isinstance(answer, Answer)
    assert "at most 1024 bytes" in answer.words
    assert protocol.octets == 0


@given(st.integers(0, 2**32), st.integers(1, 40))
def test_mutants_give_checked_calls_or_short_answers_and_never_more_than_they_are(seed: int, count: int) -> None:
    protocol = Protocol(AllowList([]), OWN)
    for number, mutant in enumerate(islice(mutants(seed), count)):
        results = protocol.receive(mutant[: MOST_OCTETS + 1], ME, float(number))
        assert len(results) <= 16
        for result in results:
            if isinstance(result, Asked):
                assert call(result.call.command, result.call.values, result.call.by) == result.call
            else:
                assert len(encode(*result.complete())) < MOST_OCTETS * 2
    assert protocol.counts.datagrams == count


def test_the_reference_has_every_address() -> None:
    table = docs_table()
    for command in BY_ADDRESS.values():
        assert f"| `{command.address}` |" in table
        for argument in command.arguments:
            assert argument.range in table
    for address in ("ack", "error", "state", "output/NAME"):
        assert f"| `/gesturesynth/{address}` |" in table
    clear = next(line for line in table.splitlines() if "/clear`" in line)
    assert "Asks first." in clear
