"""Numbers on the command line are what people write, and nothing else that Python would take for one."""

from __future__ import annotations

import re
from pathlib import Path

import cyclopts
import pytest

from gesturesynth.cli import app
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.core.errors import UserError
from gesturesynth.core.units import parse_quantity


@pytest.mark.parametrize(
    "arguments",
    [
        ["examples", "delete", "1_0", "-p", "theremin"],
        ["examples", "delete", "2.7", "-p", "theremin"],
        ["examples", "show", "0x1", "-p", "theremin"],
        ["render", "--source", "demo", "--out", "x.wav", "--seconds", "1_0"],
        ["render", "--source", "demo", "--out", "x.wav", "--rotate", "9_0"],
        ["run", "--osc-port", "9_000"],
        ["run", "--fps", "inf"],
        ["run", "--width", "\u0666\u0664\u0660"],
        ["service", "logs", "--lines", "1_0"],
    ],
)
def test_what_is_no_number_is_refused_by_the_parser(
    own_folders: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(cyclopts.CycloptsError, match=r"is not a (whole )?number"):
        app.app(arguments, exit_on_error=False, print_error=False, result_action="return_value")


@pytest.mark.parametrize(
    "text", ["1" * 100_000 + "!", " " * 100_000 + "!", "1" + " " * 100_000 + "!", "1_7", "1 Hz Hz"]
)
def test_a_long_text_that_is_no_quantity_costs_one_look(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        parse_quantity(text, "Hz")


def test_an_address_of_slashes_costs_one_look() -> None:
    """A pattern that may split them in every way would not end."""
    with pytest.raises(UserError, match=re.escape("/")):
        OscTarget("localhost", 9000, "/a" * 60 + " ")
