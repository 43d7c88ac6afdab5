"""What datagrams mean, without a socket."""

from __future__ import annotations

import math
import struct
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import Call, call
from gesturesynth.control.osc.addresses import BY_ADDRESS, docs_table
from gesturesynth.control.osc.codec import MOST_OCTETS, encode
from gesturesynth.control.osc.limits import BURST, HOST_SUBSCRIBERS, OWN_SUBSCRIBERS, AllowList
from gesturesynth.control.osc.protocol import OscCall, OscProtocol, OscReply
from tests.support.malformed_osc import bundle, mutants

OWN = ("127.0.0.1", 9000)
ME = ("127.0.0.1", 5000)


@pytest.fixture
def protocol() -> OscProtocol:
    return OscProtocol(AllowList(["192.168.1.0/24"]), OWN, b"secret")


def asked(protocol: OscProtocol, address: str, *values: float | str | bool, now_s: float = 0.0) -> list[Call]:
    """The calls that a message brings; fails for anything else."""
    results = protocol.receive(encode(f"/gesturesynth/{address}", *values), ME, now_s)
    assert all(isinstance(result, OscCall) for result in results), results
    return [result.call for result in results if isinstance(result, OscCall)]


def said(protocol: OscProtocol, address: str, *values: float | str | bool, now_s: float = 0.0) -> OscReply:
    """The one answer that a message gets at once; fails for anything else."""
    (result,) = protocol.receive(encode(address, *values), ME, now_s)
    assert isinstance(result, OscReply)
    assert (result.sender, result.address) == (ME, address)
    return result


VALUES: dict[str, tuple[int | float | str | bool, ...]] = {
    "select": (3,),
    "preset": ("theremin",),
    "volume": (-6.0,),
    "morph": (1, 2, 0.25),
    "set-outputs": ("220 -12",),
    "scale": ("A minor",),
    "root": ("Bb",),
    "tuning": ("just",),
    "quantise": (0.5,),
    "predict": (0.03125,),
    "tempo": (96.0,),
    **dict.fromkeys(("record-output", "train-output", "run-output"), ("level", False)),
    "delete-output": ("level",),
    "hold": (True,),
    "relabel": (3, "kick"),
    "trim": (3, 0.5, 2.0),
    "change": ("outputs.pitch.glide", "80 ms"),
    "switch-take": (3, False),
    **dict.fromkeys(("delete-take", "restore-take"), (3,)),
}


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.socket_only])
def test_every_command_is_at_its_address(protocol: OscProtocol, name: str) -> None:
    values = VALUES.get(name, ())
    assert asked(protocol, name, *values) == [call(name, values, "osc 127.0.0.1:5000")]


@pytest.mark.parametrize(("name", "values"), [("try", ("name: A",)), ("preset-text", ()), ("preset-schema", ())])
def test_texts_of_many_lines_are_refused_with_a_sentence(
    protocol: OscProtocol, name: str, values: tuple[str, ...]
) -> None:
    reply = said(protocol, f"/gesturesynth/{name}", *values)
    assert not reply.ok
    assert reply.text.startswith(f"'{name}' is not for OSC")


def test_a_fader_that_knows_only_floats_selects_a_snapshot(protocol: OscProtocol) -> None:
    assert asked(protocol, "select", 3.0) == [Call("select", (3,), "osc 127.0.0.1:5000")]


@pytest.mark.parametrize("down", [1, 1.0, True])
def test_a_button_sends_its_command_when_pressed_and_nothing_when_released(protocol: OscProtocol, down: float) -> None:
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
        ("/gesturesynth/select", ("three",), "from 1 to 9"),
        ("/gesturesynth/select", ("",), "from 1 to 9"),
        ("/gesturesynth/select", (2**60,), "from 1 to 9"),
        ("/gesturesynth/volume", (3.0,), "from -60 to 0 dB"),
        ("/gesturesynth/volume", (True,), "from -60 to 0 dB"),
        ("/gesturesynth/record", (2,), "takes no value"),
        ("/gesturesynth/record", ("now",), "takes no value"),
        ("/gesturesynth/query", ("now",), "takes no value"),
        ("/gesturesynth/confirm", (), "takes 1 value"),
        ("/gesturesynth/confirm", (0,), "NUMBER must be"),
        ("/gesturesynth/confirm", (4711,), "not the number"),
        ("/gesturesynth/preset", ("/etc/passwd",), "a name of `gesturesynth preset list`, not a file"),
        ("/gesturesynth/preset", ("../theremin",), "not a file"),
        ("/gesturesynth/preset", ("theremin.yaml",), "not a file"),
        ("/gesturesynth/preset", ("~/theremin.YML",), "not a file"),
        ("/gesturesynth/preset", ("C:\\theremin",), "not a file"),
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
        ("/gesturesynth/subscribe", (7000, 10, 1), "WHAT must be a text"),
        ("/gesturesynth/subscribe", (7000, 10, "noses"), "WHAT must be some of state, outputs, features"),
        ("/gesturesynth/subscribe", (7000, 10, " , "), "not nothing"),
        ("/gesturesynth/subscribe", (7000, 10, "features", 9.0), "SMOOTHING must be a number from 0 to 5 s"),
        ("/gesturesynth/subscribe", (7000, 10, "features", 0, 1), "at most 4 values"),
        ("/gesturesynth/subscribe", (9000,), "this program listens on"),
        ("/gesturesynth/unsubscribe", (7000,), "Nothing is sent to 127.0.0.1:7000"),
    ],
)
def test_what_is_wrong_is_said_and_goes_no_further(
    protocol: OscProtocol, address: str, values: tuple[int | float | str | bool, ...], words: str
) -> None:
    answer = said(protocol, address, *values)
    assert not answer.ok
    assert words in answer.text
    assert protocol.counts.refused == 1
    assert protocol.counts.calls == 0
    assert not protocol.take_queries()
    assert len(protocol.subscriptions.leases) == 0
    assert words in protocol.refusal
    assert f"{address} from 127.0.0.1:5000" in protocol.refusal


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_gets_through(protocol: OscProtocol, value: float) -> None:
    octets = encode("/gesturesynth/volume", 0.0)
    for kind, packed in ((b"f", ">f"), (b"d", ">d")):
        datagram = octets[:-8] + b"," + kind + b"\0\0" + struct.pack(packed, value)
        (answer,) = protocol.receive(datagram, ME, 0.0)
        assert isinstance(answer, OscReply)
        assert not answer.ok


def test_a_bundle_brings_all_its_commands_in_order_and_one_bad_message_spoils_it(protocol: OscProtocol) -> None:
    good = [encode("/gesturesynth/select", number) for number in (3, 1, 2)]
    results = protocol.receive(bundle(good[0], bundle(good[1]), good[2]), ME, 0.0)
    assert [result.call.values for result in results if isinstance(result, OscCall)] == [(3,), (1,), (2,)]
    (answer,) = protocol.receive(bundle(*good, encode("/gesturesynth/*")), ME, 0.0)
    assert isinstance(answer, OscReply)
    assert "wildcards" in answer.text


def test_one_packet_cannot_both_ask_and_confirm(protocol: OscProtocol) -> None:
    clear = encode("/gesturesynth/clear")
    first, second = protocol.receive(bundle(clear, clear), ME, 0.0)
    assert isinstance(first, OscCall)
    assert isinstance(second, OscReply)
    assert "came again at once" in second.text
    assert asked(protocol, "clear", now_s=1.0) == [Call("clear", (), "osc 127.0.0.1:5000")]


def test_what_we_send_ourselves_is_never_answered(protocol: OscProtocol) -> None:
    for address in ("ack", "error", "done", "state", "output/pitch"):
        assert protocol.receive(encode(f"/gesturesynth/{address}", "x"), ME, 0.0) == []
    assert protocol.receive(b"/gesturesynth/error\0,bad", ME, 0.0) == []
    assert protocol.receive(encode("/gesturesynth/train"), OWN, 0.0) == []
    assert protocol.counts.ignored == 7


def test_hosts_outside_the_allow_list_are_not_read_and_not_answered(protocol: OscProtocol) -> None:
    train = encode("/gesturesynth/train")
    assert protocol.receive(train, ("192.168.2.20", 5000), 0.0) == []
    assert protocol.counts.not_allowed == 1
    assert len(protocol.receive(train, ("192.168.1.20", 5000), 0.0)) == 1


def test_a_sender_beyond_its_rate_gets_no_more_answers_and_others_do(protocol: OscProtocol) -> None:
    train = encode("/gesturesynth/train")
    assert sum(len(protocol.receive(train, ME, 0.0)) for _ in range(1000)) == BURST
    assert protocol.counts.limited == 1000 - BURST
    assert len(protocol.receive(train, ("127.0.0.1", 5001), 0.0)) == 1
    assert len(protocol.receive(train, ME, 0.1)) == 1, "soon it is heard again"


def test_messages_in_bundles_count_one_by_one(protocol: OscProtocol) -> None:
    sixteen = bundle(*[encode("/gesturesynth/train")] * 16)
    assert sum(len(protocol.receive(sixteen, ME, 0.0)) for _ in range(100)) == BURST
    assert protocol.counts.limited == 12 + 93, "the rest of the seventh bundle, then bundles unread"


def test_nonsense_is_answered_slowly_so_that_two_programs_cannot_keep_each_other_busy(protocol: OscProtocol) -> None:
    answers, steps = 0, 1000  # seventeen seconds
    for step in range(steps):
        for nonsense in (b"nonsense", encode("/elsewhere")):
            answers += len(protocol.receive(nonsense, ME, step / 60))
    assert 0 < answers < 0.1 * 2 * steps + 20
    assert asked(protocol, "train", now_s=20.0), "and a command is still heard"


@pytest.mark.parametrize(
    ("tags", "command", "meant"),
    [
        ("I", "record", ()),
        ("N", "record", ()),
        ("NI", "mute", ()),
        ("IT", "mute", (True,)),
        ("TN", "mute", (True,)),
        ("FI", "hold", (False,)),
    ],
)
def test_nil_and_impulse_are_no_values(protocol: OscProtocol, tags: str, command: str, meant: tuple[bool, ...]) -> None:
    padded = b"," + tags.encode() + b"\0" * (4 - (len(tags) + 1) % 4)
    datagram = encode(f"/gesturesynth/{command}")[:-4] + padded
    (result,) = protocol.receive(datagram, ME, 0.0)
    assert isinstance(result, OscCall), result
    assert result.call == call(command, meant, "osc 127.0.0.1:5000")


@pytest.mark.parametrize(
    ("command", "text", "meant"),
    [
        ("record", "1", ()),
        ("record", "true", ()),
        ("mute", "true", (True,)),
        ("mute", "1", (True,)),
        ("mute", "off", (False,)),
        ("hold", "0", (False,)),
        ("select", "3", (3,)),
        ("volume", "-6.5", (-6.5,)),
        ("volume", "-6 dB", (-6.0,)),
        ("label", "1", ("1",)),
        ("label", "true", ("true",)),
    ],
)
def test_a_text_is_what_it_says(protocol: OscProtocol, command: str, text: str, meant: tuple[float, ...]) -> None:
    assert asked(protocol, command, text) == [Call(command, meant, "osc 127.0.0.1:5000")]


def test_a_text_can_release_a_button(protocol: OscProtocol) -> None:
    assert said(protocol, "/gesturesynth/record", "0").text == "let go of the button"
    assert said(protocol, "/gesturesynth/train", "false").text == "let go of the button"
    assert protocol.receive(encode("/gesturesynth/query", "0"), ME, 0.0) == []
    assert not protocol.take_queries()


def subscribed(protocol: OscProtocol, sender: tuple[str, int], *values: float, now_s: float = 0.0) -> OscReply:
    (answer,) = protocol.receive(encode("/gesturesynth/subscribe", *values), sender, now_s)
    assert isinstance(answer, OscReply)
    return answer


def test_another_computer_can_be_sent_to_only_where_it_sends_from(protocol: OscProtocol) -> None:
    tablet = ("192.168.1.20", 5000)
    answer = subscribed(protocol, tablet, 7000)
    assert not answer.ok
    assert "PORT must be 5000" in answer.text
    assert subscribed(protocol, tablet, 5000).ok
    (gone,) = protocol.receive(encode("/gesturesynth/unsubscribe", 7000), tablet, 0.0)
    assert isinstance(gone, OscReply)
    assert not gone.ok
    assert protocol.subscriptions.leases.due(0.0) == [tablet]


def test_no_computer_takes_all_places(protocol: OscProtocol) -> None:
    assert [subscribed(protocol, ("192.168.1.20", port)).ok for port in range(5000, 5008)] == [
        True
    ] * HOST_SUBSCRIBERS + [False] * (8 - HOST_SUBSCRIBERS)
    assert subscribed(protocol, ("192.168.1.20", 5001)).ok, "a repeat keeps its place"
    here = [subscribed(protocol, (f"127.0.0.{port % 5 + 1}", port)).ok for port in range(6000, 6012)]
    assert sum(here) == OWN_SUBSCRIBERS, "all of 127.0.0.0/8 is one computer"


def test_another_computer_proves_that_it_receives_what_it_is_sent(protocol: OscProtocol) -> None:
    tablet, proofs = ("192.168.1.20", 5000), protocol.subscriptions.proofs
    answer = subscribed(protocol, tablet)
    assert answer.number
    assert "until the number comes back" in answer.text
    assert not proofs.proven(tablet, 0.0)
    wrong = encode("/gesturesynth/confirm", answer.number % 1000 + 1)
    assert not protocol.receive(wrong, tablet, 0.1)[0].ok  # type: ignore[union-attr]
    elsewhere = ("192.168.1.21", 5000)
    assert not protocol.receive(encode("/gesturesynth/confirm", answer.number), elsewhere, 0.1)[0].ok  # type: ignore[union-attr]
    as_float = encode("/gesturesynth/confirm", float(answer.number))
    assert protocol.receive(as_float, tablet, 0.2)[0].ok  # type: ignore[union-attr]
    assert proofs.proven(tablet, 0.2)
    assert not proofs.proven(("192.168.1.20", 5001), 0.2), "another port is another receiver"
    assert not subscribed(protocol, tablet, now_s=5.0).number
    assert subscribed(protocol, tablet, now_s=580.0).number, "another number before the proof is over"
    assert not proofs.proven(tablet, 601.0)


def test_this_computer_proves_nothing(protocol: OscProtocol) -> None:
    answer = subscribed(protocol, ("127.0.0.1", 5000), 7000)
    assert answer.ok
    assert not answer.number


def test_a_long_datagram_is_refused_unread(protocol: OscProtocol) -> None:
    (answer,) = protocol.receive(b"/" * (MOST_OCTETS + 1), ME, 0.0)
    assert isinstance(answer, OscReply)
    assert "at most 1024 bytes" in answer.text
    assert protocol.octets == 0


@given(st.integers(0, 2**32), st.integers(1, 40))
def test_mutants_give_checked_calls_or_short_answers_and_never_more_than_they_are(seed: int, count: int) -> None:
    protocol = OscProtocol(AllowList([]), OWN, b"secret")
    for number, mutant in enumerate(islice(mutants(seed), count)):
        results = protocol.receive(mutant[: MOST_OCTETS + 1], ME, float(number))
        assert len(results) <= 16
        for result in results:
            if isinstance(result, OscCall):
                assert call(result.call.command, result.call.values, result.call.sender) == result.call
            else:
                assert len(encode(*result.complete())) < MOST_OCTETS * 2
    assert protocol.counts.datagrams == count


def test_the_reference_has_every_address() -> None:
    table = docs_table()
    for command in BY_ADDRESS.values():
        assert f"| `{command.address}` |" in table
        for argument in command.arguments:
            assert argument.range in table
    for address in ("ack", "error", "done", "state", "confirm", "output/NAME"):
        assert f"| `/gesturesynth/{address}` |" in table
    clear = next(line for line in table.splitlines() if "/clear`" in line)
    assert "Asks first." in clear
