"""Broken packets of Wekinator's protocol are inputs, commands or sentences; `make wekinator` reads a million."""

from __future__ import annotations

from collections import Counter

from gesturesynth.control.osc.input_server import InputServer, InputSettings
from gesturesynth.control.osc.wekinator_addresses import PieceNames, steps_of
from gesturesynth.runtime.inputs import InputSetup
from tests.wekinator.packets import broken_packets, whole_packets

NAMES = PieceNames(("out_1", "out_2"), ("out_1", "out_2"), ("throw",), 2)
ME = ("127.0.0.1", 5000)


def taken(packets: list[bytes]) -> Counter[str]:
    server = InputServer(InputSettings(port=0))
    server.follow([InputSetup("wek", "/wek/inputs", 2)])
    server.obeys = True
    found: Counter[str] = Counter()
    for packet in packets:
        server.take(packet, ME, 1.0)
        for message in server.take_controls():
            result = steps_of(message, NAMES)
            found["sentence" if isinstance(result, str) else result[0][0]] += 1
            assert not isinstance(result, str) or result.isprintable()
    found["values"], found["refused"] = server.counts.values, server.counts.refused
    assert server.refusal.isprintable()
    server.close()
    return found


def test_broken_packets_do_no_harm() -> None:
    found = taken(list(broken_packets(20_000, 7)))
    assert found["values"] > 100
    assert found["refused"] > 15_000
    assert found["sentence"] > 1000


def test_what_they_are_made_of_is_understood() -> None:
    found = taken(whole_packets())
    commands = (
        "set-outputs",
        "change",
        "record-output",
        "label",
        "saveModelToFile",
        "preset",
        "runNewProject",
        "train",
    )
    assert all(found[command] for command in commands), found
