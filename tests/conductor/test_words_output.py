"""Lines of a piece reach the page and other programs: a real conductor, real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.words_message import WordsMessage
from tests.support.conductor_harness import HIGH, LOW, ConductorHarness, own_preset
from tests.support.waiting import wait_for

PRESET = """\
name: Sea
features: [right_wrist.height]
outputs:
  bright: {{}}
words:
  text: sea.txt
  lines: [<text>, "the <grey|white> sea: ü"]
  every: 0.5 s
  rest: 0.5 s
  idle: come in
osc:
  - {{port: {0}, address: /line, what: words}}
  - {{port: {0}, address: /poem/, what: words}}
  - {{port: {0}, address: /bright, what: bright, rate: 10}}
"""


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        yield made


def received(receiver: socket.socket) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    while True:
        try:
            packet = receiver.recv(65536)
        except BlockingIOError:
            return found
        several = OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]
        found += [(message.address, message.params[0]) for message in several]


def move(harness: ConductorHarness, seconds: float) -> None:
    for number in range(round(seconds / 0.1)):
        harness.run_for(0.1, (LOW, HIGH)[number % 2])


def test_lines_are_sent_over_osc_and_to_the_page_and_are_in_the_status(receiver: socket.socket) -> None:
    file = own_preset("sea", PRESET.format(receiver.getsockname()[1]))
    file.with_suffix(".txt").write_text("The night is long.\nA wind comes.\n", encoding="utf-8")
    with ConductorHarness(file) as harness, zmq.Context() as context:
        page = Subscriber(context, WordsMessage)
        newest: list[WordsMessage] = []

        def heard() -> bool:
            harness.tick()
            if message := page.newest():
                newest.append(message)
            return bool(newest)

        wait_for(heard, "a message for the page")
        harness.body = None
        harness.run_for(1.0)
        move(harness, 8.0)
        sent = received(receiver)
        lines = [text for address, text in sent if address == "/line"]
        assert lines[0] == "come in"
        assert len(lines) > 6
        known = "The night is long. A wind comes. the grey white sea: ü"
        assert all(word in known for line in lines[1:] for word in line.split())
        assert [text for address, text in sent if address == "/poem/line"] == lines
        numbers = [number for address, number in sent if address == "/poem/number"]
        assert numbers == list(range(numbers[0], numbers[0] + len(lines)))
        assert {cause for address, cause in sent if address == "/poem/cause"} == {"idle", "time"}
        assert any(address == "/bright" for address, _ in sent)
        assert harness.conductor.status().words == lines[-1]
        newest.clear()
        wait_for(heard, "the newest line again")
        assert (newest[-1].text, newest[-1].number, newest[-1].spoken) == (lines[-1], numbers[-1], True)
        page.close()


def test_a_text_that_is_saved_plays_and_a_piece_without_words_takes_the_line_away(receiver: socket.socket) -> None:
    file = own_preset("sea", PRESET.format(receiver.getsockname()[1]))
    file.with_suffix(".txt").write_text("The night is long.\n", encoding="utf-8")
    with ConductorHarness(file) as harness:
        move(harness, 3.0)
        received(receiver)
        file.with_suffix(".txt").write_text("Snow.\nOnly snow.\n", encoding="utf-8")

        def spoken() -> bool:
            move(harness, 0.2)
            return "now" in harness.conductor.status().words

        harness.until(spoken, "the new text")
        bare = Path(file).with_name("bare.yaml")
        bare.write_text("name: Bare\nfeatures: [right_wrist.height]\noutputs:\n  bright: {}\n", encoding="utf-8")
        harness.done("preset", "bare")
        harness.until(lambda: harness.conductor.status().preset == "Bare", "the other piece")
        harness.run_for(0.1)
        assert harness.conductor.status().words == ""
