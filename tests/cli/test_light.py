"""`gesturesynth light`: what its verbs say where there is nothing to show, or something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.light.show import frame_lines
from gesturesynth.runtime.light_message import LightStatus
from tests.support.command_line import run_here

FRAME = bytes([0, 7, 255]) + bytes(509)


def test_a_frame_as_text() -> None:
    status = LightStatus(
        0.0, 1, "sACN to 127.0.0.1, port 5568", "live", 12, 0, "", {"1": bytes(512), "2": FRAME}, lamps=2
    )
    assert frame_lines(status) == [
        "sACN to 127.0.0.1, port 5568: live, 2 lamps, 12 packets sent",
        "universe 1: all channels are 0",
        "universe 2:",
        "    2:   7     3: 255",
    ]
    dark = LightStatus(0.0, 1, "there", "dark", 0, 3, "it is gone", {}, dark="panic", withheld=4)
    assert frame_lines(dark) == [
        "there: dark (panic), 0 lamps, 0 packets sent",
        "! it is gone",
        "4 flashes were withheld: more than `light.flashes` in a second",
        "no universe is sent: no conductor was heard yet, or its preset has no `light`",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show",), "no lamps are driven now"),
        (("test", "0", "1"), "sACN has no universe 0: it has 1 to 63999"),
        (("test", "1", "513"), "there is no channel 513: a universe has 1 to 512"),
        (("test", "1", "1", "--seconds", "0"), "a test lasts between 0 and 3600 s, not 0 s"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: tuple[str, ...], sentence: str, own_folders: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    done = run_here(capfd, "light", *words)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert sentence in line
