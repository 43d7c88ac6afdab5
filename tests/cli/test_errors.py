"""Command lines that cannot be read: a sentence each, with the verb, the flag, and what is allowed."""

from __future__ import annotations

import cyclopts
import pytest

from gesturesynth.cli.app import app
from gesturesynth.cli.errors import sentence
from gesturesynth.cli.flags import PresetFlags, with_flags
from gesturesynth.config.settings.settings import Settings


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["r\u0443n"], "U+0443 CYRILLIC SMALL LETTER U in it: type 'y' instead, did you mean 'run'?"),
        (["--verson"], "there is no flag '--verson', did you mean '--version'?"),
        (["run\u00a0--preset", "drums"], "came as one word; there is U+00A0 NO-BREAK SPACE in it"),
        (["run", "\u2013volume", "-6"], "'\u2013volume' begins with U+2013 EN DASH; type '--volume'"),
        (["run", "--volum", "-6"], "'run': there is no flag '--volum', did you mean '--volume'?"),
        (["run", "extra"], "'run': 'extra' is one word too many"),
        (["run", "--preset"], "'run': --preset needs a value behind it"),
        (["run", "--preset", "drums", "--preset", "drone"], "'run': --preset is there twice"),
        (["run", "--fps", "fast"], "'run': --fps: 'fast' is not a number"),
        (["run", "--width", "1_000"], "'run': --width: '1_000' is not a whole number"),
        (["run", "--width", "640.5"], "'run': --width: '640.5' is not a whole number"),
        (["run", "--mirror=perhaps"], "'run': --mirror: 'perhaps' is not true or false"),
        (["run", "--log-level", "loud"], "'loud' is not allowed; allowed are debug, info, warning, error"),
        (["volume"], "'volume': DB is missing: Decibels below full."),
        (["record-skeleton"], "'record-skeleton': OUT is missing: The recording to write"),
        (["render", "--out"], "'render': --out needs a value behind it: The WAV file to write."),
        (["examples", "list"], "'examples list': the flag --preset is required"),
        (["examples", "show", "1_7", "-p", "drums"], "TAKE: '1_7' is not a whole number"),
        (["service", "logs", "-n", "many"], "'service logs': -n: 'many' is not a whole number"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(arguments: list[str], said: str) -> None:
    with pytest.raises(cyclopts.CycloptsError) as refused:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    text = sentence(refused.value)
    assert said in text
    assert "\n" not in text


@pytest.mark.parametrize("volume", ["-6dB", "\u22126", "\u20136\u00a0dB", "-6.0 dB"])
@pytest.mark.parametrize("form", [["--volume={}"], ["--volume", "{}"]])
def test_a_volume_is_read_as_people_write_it(volume: str, form: list[str]) -> None:
    arguments = ["run", *(part.format(volume) for part in form)]
    _, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    piece = bound.arguments["preset"]
    assert isinstance(piece, PresetFlags)
    assert with_flags(Settings(), piece).volume == -6.0
