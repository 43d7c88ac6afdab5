"""Which addresses there are, how they are described, and that what is said of them is what OSC accepts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gesturesynth.control.osc.addresses import BY_ADDRESS
from gesturesynth.control.osc.limits import AllowList
from gesturesynth.control.osc.protocol import OscProtocol, OscReply
from gesturesynth.page.oscquery.namespace import choices_of, make_namespace
from gesturesynth.page.oscquery.nodes import (
    READ,
    SUPPORTED,
    UNSUPPORTED,
    WRITE,
    Item,
    Method,
    Namespace,
    attribute,
    host_info,
)
from gesturesynth.page.oscquery.packets import packet
from gesturesynth.page.oscquery.values import command_values, events, number_values
from gesturesynth.runtime.played_numbers import NumberRange, NumberRanges, PlayedNumbers, VoiceNumbers
from gesturesynth.runtime.readings import TeachingTarget
from gesturesynth.runtime.session_state import SessionState
from tests.support.statuses import conductor_status

RANGES = NumberRanges(
    "Air theremin",
    9000,
    (NumberRange("pitch", "Hz", 110.0, 880.0), NumberRange("2/pitch", "Hz", 110.0, 880.0)),
    (NumberRange("right_wrist.height", "torso", -1.0, 1.0),),
    classes=("star",),
    gestures=("throw",),
    key="theremin",
    voices=2,
)
STATUS = conductor_status(
    session=SessionState(target="3", target_kind="snapshot", volume_db=-6.0),
    scenes=("dawn", "noon"),
    scene="dawn",
    targets=(TeachingTarget("1", "snapshot"), TeachingTarget("star", "class")),
)
VOICE = VoiceNumbers("", 0.75, {"star": 0.1}, {"star": 2}, {"throw": (0.5, 0.9, 1.0)}, {"throw": 3})
NUMBERS = PlayedNumbers(
    {"pitch": 440.0, "2/pitch": 220.0},
    {"right_wrist.height": 0.5},
    {"right_wrist.height": True},
    True,
    2,
    (VOICE, VOICE),
)


def namespace() -> Namespace:
    return make_namespace(RANGES, choices_of(STATUS, RANGES, ("drums", "theremin")))


def values() -> dict[str, tuple[Item, ...]]:
    return dict(command_values(STATUS, "theremin")) | dict(number_values(NUMBERS))


def node(path: str) -> dict[str, Any]:
    found = namespace().json(path, values())
    assert found is not None
    return found


def test_every_address_that_osc_accepts_is_there() -> None:
    assert BY_ADDRESS.keys() <= namespace().methods.keys()


NEEDS_MORE = ("unsubscribe", "confirm")
"""Right in form, and refused because there was no subscription before."""
SENT = sorted(
    make_namespace(RANGES, choices_of(STATUS, RANGES, ("drums", "theremin"))).methods.values(), key=lambda m: m.path
)


@pytest.mark.parametrize("method", [one for one in SENT if one.access & WRITE], ids=lambda one: one.path)
def test_a_message_as_the_namespace_describes_it_is_accepted(method: Method) -> None:
    """Made from the type tags and the range alone, in every length that is offered."""
    for tags in (method.type, *method.shorter):
        protocol = OscProtocol(AllowList([]), ("127.0.0.1", 9000), b"secret")
        limits = [*method.limits, *[None] * len(tags)]
        made: list[Item] = []
        for tag, limit in zip("" if tags == "I" else tags, limits, strict=False):
            if limit and limit.choices:
                made.append(limit.choices[-1])
            elif tag == "s":
                made.append("state" if method.path.endswith("subscribe") else "text")
            else:
                low = limit.low if limit and limit.low is not None else 1
                made.append({"i": int(low), "f": float(low), "T": True}[tag])
        answers = protocol.receive(packet(method.path, made), ("127.0.0.1", 5000), 1.0)
        refused = [answer.text for answer in answers if isinstance(answer, OscReply) and not answer.ok]
        assert not refused or method.path.endswith(NEEDS_MORE), (method.path, tags, made, refused)
        assert protocol.counts.malformed == 0


def test_an_output_has_its_range_unit_and_value() -> None:
    assert node("/gesturesynth/output/pitch") == {
        "FULL_PATH": "/gesturesynth/output/pitch",
        "DESCRIPTION": "The output pitch.",
        "ACCESS": 1,
        "TYPE": "f",
        "VALUE": [440.0],
        "RANGE": [{"MIN": 110.0, "MAX": 880.0}],
        "CLIPMODE": ["both"],
        "UNIT": ["time.hz"],
    }
    assert node("/gesturesynth/output/2/pitch")["VALUE"] == [220.0]
    assert node("/gesturesynth/feature/right_wrist.height")["UNIT"] == ["torso"]


def test_commands_tell_what_can_be_read_of_them() -> None:
    assert node("/gesturesynth/volume")["VALUE"] == [-6.0]
    assert node("/gesturesynth/select")["VALUE"] == [3]
    assert node("/gesturesynth/preset")["VALUE"] == ["theremin"]
    assert node("/gesturesynth/mute") | {"DESCRIPTION": ""} == {
        "FULL_PATH": "/gesturesynth/mute",
        "DESCRIPTION": "",
        "ACCESS": 3,
        "TYPE": "F",
        "VALUE": [False],
        "OVERLOADS": [{"TYPE": "I"}],
    }
    assert node("/gesturesynth/record")["TYPE"] == "I"
    assert node("/gesturesynth/record")["ACCESS"] == 2
    assert "VALUE" not in node("/gesturesynth/label"), "no class is chosen"


def test_texts_come_with_their_choices() -> None:
    assert node("/gesturesynth/scene")["RANGE"] == [{"VALS": ["dawn", "noon", "next", "previous"]}]
    assert node("/gesturesynth/label")["RANGE"] == [{"VALS": ["star"]}]
    assert node("/gesturesynth/run-output")["RANGE"] == [{"VALS": ["pitch"]}, None]
    assert "off" in node("/gesturesynth/scale")["RANGE"][0]["VALS"]
    assert "RANGE" not in node("/gesturesynth/set-outputs"), "a text without choices"


def test_containers_hold_what_is_below_them() -> None:
    root = node("/")
    assert (root["FULL_PATH"], root["ACCESS"], list(root["CONTENTS"])) == ("/", 0, ["gesturesynth"])
    assert list(node("/gesturesynth/output")["CONTENTS"]) == ["pitch", "2"]
    assert node("//gesturesynth/output/")["FULL_PATH"] == "/gesturesynth/output"
    for path in ("/gesturesynth/nonsense", "/gesturesynth/volume/x", "/output"):
        assert namespace().json(path, {}) is None


def test_an_attribute_alone_is_given_or_refused_as_the_proposal_says() -> None:
    volume, record = node("/gesturesynth/volume"), node("/gesturesynth/record")
    assert attribute(volume, "VALUE") == {"VALUE": [-6.0]}
    assert attribute(volume, "RANGE") == {"RANGE": [{"MIN": -60.0, "MAX": 0.0}]}
    assert attribute(record, "VALUE") == 204, "it cannot be read"
    assert attribute(node("/gesturesynth"), "VALUE") == 204
    assert attribute(node("/gesturesynth/label"), "VALUE") == {}, "it has none yet"
    assert attribute(node("/gesturesynth"), "TYPE") == {}
    assert [attribute(volume, name) for name in UNSUPPORTED] == [204] * len(UNSUPPORTED)
    assert [attribute(volume, name) for name in ("value", "NONSENSE", "LISTEN")] == [400] * 3


def test_the_host_tells_its_ports_and_what_it_can() -> None:
    info = host_info("Here", 9000, "", 9470)
    assert (info["NAME"], info["OSC_PORT"], info["WS_PORT"], info["OSC_TRANSPORT"]) == ("Here", 9000, 9470, "UDP")
    assert {name for name, is_so in info["EXTENSIONS"].items() if is_so} >= {*SUPPORTED, "LISTEN", "PATH_CHANGED"}
    assert "OSC_IP" not in info
    assert "OSC_PORT" not in host_info("Here", 0, "", 9470), "OSC is not received"
    assert host_info("Here", 9000, "192.168.1.2", 9470)["OSC_IP"] == "192.168.1.2"


def test_what_has_happened_is_told_once() -> None:
    less = msgspec.structs.replace(VOICE, performed={"throw": 2}, entered={"star": 1})
    before = msgspec.structs.replace(NUMBERS, voices=(VOICE, less))
    assert list(events(NUMBERS, before)) == [
        ("/gesturesynth/entered", ("star", 2, 2)),
        ("/gesturesynth/gesture", ("throw", 3, 2)),
    ]
    assert list(events(NUMBERS, NUMBERS)) == []
    assert list(events(msgspec.structs.replace(NUMBERS, voices=(VOICE,)), before)) == [], "of fewer voices"
    fresh = msgspec.structs.replace(VOICE, performed={}, entered={})
    assert len(list(events(NUMBERS, msgspec.structs.replace(NUMBERS, voices=(VOICE, fresh))))) == 2, "of another piece"
    assert list(events(NUMBERS, None)) == [], "what was before it listened is no news"


def test_classes_and_gestures_of_each_voice_have_addresses() -> None:
    assert node("/gesturesynth/class")["VALUE"] == ["none", 0.75]
    assert node("/gesturesynth/class/2")["RANGE"][0] == {"VALS": ["star", "none"]}
    assert node("/gesturesynth/probability/2/star")["VALUE"] == [0.1]
    assert node("/gesturesynth/gesture/throw")["VALUE"] == [0.5, 0.9, 1.0, 3.0]
    assert node("/gesturesynth/gesture")["TYPE"] == "sii", "a method that holds others"
    assert node("/gesturesynth/seen/right_wrist.height")["VALUE"] == [1]


def test_names_that_osc_reserves_are_written_alike_in_addresses_and_values() -> None:
    ranges = msgspec.structs.replace(RANGES, features=(NumberRange("a b#c", "", 0.0, 1.0),))
    numbers = msgspec.structs.replace(NUMBERS, features={"a b#c": 0.25})
    found = make_namespace(ranges, {}).json("/gesturesynth/feature/a_b_c", dict(number_values(numbers)))
    assert found is not None
    assert found["VALUE"] == [0.25]


def test_everything_that_can_be_read_has_a_value_of_its_type() -> None:
    kinds = {"f": float, "i": int, "s": str, "T": bool}
    readable = [one for one in namespace().methods.values() if one.access & READ and one.path in values()]
    assert len(readable) > 15
    for one in readable:
        value = values()[one.path]
        assert [type(item) for item in value] == [kinds[tag] for tag in one.type], one.path
