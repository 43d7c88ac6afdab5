"""The patch for Pure Data in a real Pd without a window: it gets numbers, makes a tone of them, and sends commands."""

from __future__ import annotations

import re
from pathlib import Path

from gesturesynth.control.osc.server import OscServer
from tests.support.example_programs import ExampleProgram
from tests.support.osc_tools import free_port
from tools.example_pd import OWN_PORT, Patch
from tools.example_table import BUTTONS, PORT, ROOT

PATCH = ROOT / "puredata" / "gesturesynth.pd"
HEARD = ("gs-output-pitch", "gs-output-level", "gs-feature-hands.distance", "gs-present", "gs-people", "gs-class")


def listener(buttons: list[str]) -> str:
    """A patch beside it: prints what it gets from the patch, and presses its buttons."""
    patch = Patch()
    for row, name in enumerate(HEARD):
        patch.chain(patch.add("obj", 10, 30 * row, f"r {name}"), patch.add("obj", 200, 30 * row, f"print {name}"))
    begin = patch.add("obj", 400, 10, "loadbang")
    for row, name in enumerate(buttons, 1):
        press = patch.add("obj", 400, 30 * row, f"delay {300 + 20 * row}")
        patch.chain(begin, press, patch.add("obj", 550, 30 * row, f"s {name}"))
    return patch.text()


def test_it_receives_numbers_and_its_buttons_are_commands(server: OscServer, tmp_path: Path) -> None:
    text = PATCH.read_text(encoding="utf-8")
    text = re.sub(rf"\b{PORT}\b", str(server.port), re.sub(rf"\b{OWN_PORT}\b", str(free_port()), text))
    copy, beside = tmp_path / "gesturesynth.pd", tmp_path / "listener.pd"
    copy.write_text(text, encoding="utf-8")
    beside.write_text(listener([f"gs-{button.label.replace(' ', '-')}" for button in BUTTONS]), encoding="utf-8")
    words = ["pd", "-nogui", "-noaudio", "-nomidi", "-stderr", "-open", str(copy), "-open", str(beside)]
    wanted = ["gs-output-pitch: 440", "gs-output-level: -12", "gs-feature-hands.distance: 1.5", "gs-present: 1"]
    wanted += ["gs-people: 1", "gs-class: symbol none", "gesturesynth-ack: /gesturesynth/record did\\ record"]
    wanted += ["gesturesynth-error: /gesturesynth/undo did\\ undo"]
    with ExampleProgram(words, "puredata-core") as pd:
        pd.play(server, lambda: len(pd.calls) >= len(BUTTONS) and all(one in pd.printed for one in wanted), str(wanted))
        assert sorted(pd.calls) == sorted(
            button.command if button.value is None else f"{button.command} {button.value}" for button in BUTTONS
        )
        assert not re.findall(r"error: .*|.*couldn't create.*", pd.printed.replace("gesturesynth-error:", ""))
