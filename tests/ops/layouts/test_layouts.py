"""Layouts: what each button and fader sends is taken from the file, and read by our own receiver of OSC."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gesturesynth.config.preset import loader
from gesturesynth.control.commands import Call
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.limits import AllowList
from gesturesynth.control.osc.protocol import OscCall, OscProtocol
from gesturesynth.ops.layouts.controls import ControlPage, Fader, Press, pages
from gesturesynth.ops.layouts.open_stage_control import session
from gesturesynth.ops.layouts.touchosc import HEIGHT, TABS, WIDTH, layout

TARGET = "127.0.0.1:9000"
Sent = tuple[str, tuple[int | float | str, ...]]


def made(name: str) -> list[ControlPage]:
    return pages(loader.load(loader.find(name)), ("drums", "theremin"), ("major", "minor"), -6.0)


PIECES = {name: made(name) for name in ("theremin", "drums", "delta")}


def calls(sent: list[Sent]) -> list[Call]:
    """The commands that messages are; fails for one that is refused."""
    found = []
    for number, (address, values) in enumerate(sent):
        protocol = OscProtocol(AllowList([]), ("127.0.0.1", 9000), b"secret")
        (result,) = protocol.receive(encode(address, *values), ("127.0.0.1", 5000), float(number))
        assert isinstance(result, OscCall), (address, values, result)
        found.append(result.call)
    return found


# ------------------------------------------------------------------------------------------------- Open Stage Control
def widgets(piece: list[ControlPage]) -> list[dict[str, Any]]:
    document = json.loads(session("A piece", piece, TARGET))
    assert (document["type"], document["content"]["type"]) == ("session", "root")
    return [widget for tab in document["content"]["tabs"] for widget in tab["widgets"]]


def sent_by_widgets(piece: list[ControlPage]) -> Iterator[Sent]:
    """As that program makes messages: `preArgs`, then the value, with the types of `typeTags`."""
    kinds = {"i": int, "f": float, "s": str}
    for widget in widgets(piece):
        if widget.get("bypass"):
            continue
        assert widget["target"] == TARGET
        values: list[Any] = list(widget.get("preArgs", []))
        if widget["type"] == "fader":
            values.append(widget["range"]["max"])
        elif widget["mode"] != "momentary":
            values.append(widget["on"])
        tags = widget.get("typeTags", "")
        assert len(tags) == len(values)
        yield widget["address"], tuple(kinds[tag](value) for tag, value in zip(tags, values, strict=True))


# ------------------------------------------------------------------------------------------------------------ TouchOSC
def tree(piece: list[ControlPage]) -> ET.Element:
    return ET.fromstring(zlib.decompress(layout("A piece", piece)))  # noqa: S314 - our own


def sent_by_controls(piece: list[ControlPage]) -> Iterator[Sent]:
    """As that program makes messages: constants and scaled values, converted."""
    kinds: dict[str, Callable[[str], Any]] = {"INTEGER": lambda text: int(float(text)), "FLOAT": float, "STRING": str}
    for message in tree(piece).iter("osc"):
        if message.findtext("send") == "0":
            continue
        values = []
        for partial in message.findall("arguments/partial"):
            convert = kinds[partial.findtext("conversion", "")]
            is_constant = partial.findtext("type") == "CONSTANT"
            values.append(convert(partial.findtext("value" if is_constant else "scaleMax", "")))
        yield message.findtext("path/partial/value", ""), tuple(values)


@pytest.mark.parametrize("name", PIECES)
def test_every_control_of_both_sends_what_its_command_takes(name: str) -> None:
    one, other = calls(list(sent_by_widgets(PIECES[name]))), calls(list(sent_by_controls(PIECES[name])))
    assert one == other
    assert len(one) > 40
    names = {call.command for call in one}
    assert {"record", "train", "undo", "volume", "mute", "panic", "preset", "run-output", "hold", "tempo"} <= names
    assert not names & {"quit", "delete-output", "try"}


def test_there_are_controls_for_what_the_piece_has() -> None:
    assert [call.values for call in calls(list(sent_by_widgets(PIECES["theremin"]))) if call.command == "select"] == [
        (1,),
        (2,),
        (3,),
    ]
    drums = calls(list(sent_by_widgets(PIECES["drums"])))
    assert ("kick",) in [call.values for call in drums if call.command == "label"]
    delta = calls(list(sent_by_controls(PIECES["delta"])))
    assert len([call for call in delta if call.command == "scene"]) == 3


def test_outputs_are_shown_in_their_ranges() -> None:
    shown = {
        one.label: one for page in PIECES["theremin"] for one in page.controls if isinstance(one, Fader) and one.shown
    }
    assert list(shown) == ["pitch", "level", "timbre"]
    pitch = shown["pitch"]
    (widget,) = (one for one in widgets(PIECES["theremin"]) if one.get("address") == pitch.address)
    assert (widget["range"], widget["interaction"]) == ({"min": pitch.low, "max": pitch.high}, False)
    (message,) = (
        one
        for one in tree(PIECES["theremin"]).iter("osc")
        if one.findtext("path/partial/value") == "/gesturesynth/output/pitch"
    )
    scale = [message.findtext(f"arguments/partial/{name}") for name in ("scaleMin", "scaleMax")]
    assert (message.findtext("receive"), scale) == ("1", [f"{pitch.low:g}", f"{pitch.high:g}"])


def test_the_switch_that_follows_outputs_subscribes_to_them() -> None:
    (follow,) = (one for one in widgets(PIECES["theremin"]) if one["id"] == "follow outputs")
    assert f"send('{TARGET}', '/gesturesynth/subscribe', {{type: 'i', value: 0}}" in follow["onValue"]
    protocol = OscProtocol(AllowList([]), ("127.0.0.1", 9000), b"secret")
    protocol.receive(encode("/gesturesynth/subscribe", 0, 20.0, "outputs"), ("127.0.0.1", 5000), 0.0)
    assert protocol.counts.refused == 0


MANY = [ControlPage("Outputs", tuple(Press(f"o{number}", f"/o/{number}") for number in range(400)))]


@pytest.mark.parametrize("piece", [PIECES["delta"], MANY], ids=["delta", "400 controls"])
def test_ids_are_unique_and_frames_lie_within_the_page(piece: list[ControlPage]) -> None:
    ids = [one["id"] for one in widgets(piece)]
    assert len(ids) == len(set(ids))
    nodes = list(tree(piece).iter("node"))
    keys = [node.get("ID") for node in nodes]
    assert len(keys) == len(set(keys))
    for node in nodes:
        frame = node.find("properties/property[@type='r']/value")
        assert frame is not None
        x, y, w, h = (float(frame.findtext(side, "")) for side in "xywh")
        if node.get("type") in {"BUTTON", "FADER", "LABEL"}:
            assert 0 <= x <= x + w <= WIDTH
            assert 0 <= y <= y + h <= HEIGHT - TABS
            assert h > 40


def test_a_preset_of_others_runs_nothing_in_that_program() -> None:
    piece = [ControlPage("Pieces", (Press("#{1+1}", "/gesturesynth/next"),))]
    made = session("JS{{ send('127.0.0.1:9000', '/gesturesynth/quit') }}", piece, TARGET)
    document = json.loads(made)["content"]
    for text in (document["comments"], document["tabs"][0]["widgets"][0]["label"]):
        assert "{" not in text, text


def test_the_same_piece_gives_the_same_file() -> None:
    assert layout("A piece", PIECES["drums"]) == layout("A piece", PIECES["drums"])
