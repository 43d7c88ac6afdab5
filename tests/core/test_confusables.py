"""Characters that look like others: read as what they stand for, or named at their own place. In whole files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.loader import PresetError
from gesturesynth.config.settings import settings
from gesturesynth.config.yaml import blanks, parser
from gesturesynth.config.yaml.document import FileError
from gesturesynth.core import confusables
from gesturesynth.core.errors import UserError
from gesturesynth.core.units import parse_quantity

TIDE = """\
name: Tide
features: [hips.height, hands.distance]
outputs:
  pitch: {to: drone.pitch, range: [45, 130], unit: Hz, warp: exp}
  level: {to: drone.level, range: [-24, -3], unit: dB}
idle: {pitch: 60}
"""
ORDINARY = loader.loads(TIDE, "tide.yaml")


@pytest.mark.parametrize(
    ("ordinary", "written"),
    [
        ("name: Tide", "name:\u00a0Tide"),
        ("name: Tide", "name:\u202fTide"),
        ("name: Tide", "name:\u2007 Tide"),
        ("name: Tide", "name:\u3000Tide"),
        ("name: Tide", "name:\tTide"),
        ("name: Tide", "name\u00a0: Tide\u00a0"),
        ("name: Tide", "name\u200b: \u200bTide\u200b"),
        ("name: Tide", "\ufeffname: Tide"),
        ("name: Tide", "na\u200dme: Tide"),
        ("name: Tide", "\u201cname\u201d: Tide"),
        ("name: Tide", "name: \u2066Tide\u2069"),
        ("[hips.height, hands.distance]", "[\u201chips.height\u201d,\u00a0\u2018hands.distance\u2019]"),
        ("[hips.height, hands.distance]", "[hips.height\u00a0,\thands.dis\u200btance]"),
        ("[hips.height, hands.distance]", "\n\u00a0\u00a0-\u00a0hips.height\n\u00a0 - hands.distance"),
        ("  pitch: {to: d", "\u00a0 pitch: {to:\u00a0d"),
        ("to: drone.pitch", "to: drone\u200b.pitch"),
        ("to: drone.pitch", "\u00a0to: \u201cdrone.pitch\u201d"),
        ("[-24, -3]", "[\u221224 dB, \u22123\u00a0dB]"),
        ("[-24, -3]", "[\u201324\u202fdB, \u20143\u2009dB]"),
        ("[-24, -3]", "[\uff0d\uff12\uff14, \u20103]"),
        ("[-24, -3]", "[\u201c-24\u201d, \u200e-3]"),
        ("{pitch: 60}", "\n\u00a0\u00a0pitch\u200b: 60\u00a0Hz"),
        ("unit: Hz", "unit:\u00a0\uff28\uff5a"),
    ],
)
def test_what_can_be_only_one_thing_is_read_as_that(ordinary: str, written: str) -> None:
    assert ordinary in TIDE
    assert loader.loads(TIDE.replace(ordinary, written, 1), "tide.yaml") == ORDINARY


@pytest.mark.parametrize(
    ("ordinary", "written", "place", "message"),
    [
        ("name: Tide", "name\uff1aTide", "1:5", "U+FF1A FULLWIDTH COLON is not YAML here: type ':' instead"),
        (
            "name: Tide",
            "name: \u201cTide: one\u201d",
            "1:7",
            'U+201C LEFT DOUBLE QUOTATION MARK is not YAML here: type "',
        ),
        (
            "name: Tide",
            "name: \u201cTide #1\u201d",
            "1:7",
            "name: the text begins with U+201C LEFT DOUBLE QUOTATION MARK",
        ),
        ("name: Tide", "name:\u200bTide", "1:6", "U+200B ZERO WIDTH SPACE is not YAML here: it cannot be seen; delete"),
        ("name: Tide", "name:\ufeff Tide", "1:6", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("name: Tide", "name:\u200fTide", "1:6", "U+200F RIGHT-TO-LEFT MARK"),
        ("name: Tide", "\u3000name: Tide", "1:1", "U+3000 IDEOGRAPHIC SPACE in it: type an ordinary space"),
        ("name: Tide", "\tname: Tide", "1:1", "a tab (U+0009); YAML is indented with spaces only"),
        ("name: Tide", "n\u0430me: Tide", "1:2", "U+0430 CYRILLIC SMALL LETTER A in it: type 'a' instead"),
        ("name: Tide", "name: Tide\u2028", "1:11", "U+2028 LINE SEPARATOR"),
        ("name: Tide", "name \u2013 Tide", "1:1", "a ':' is missing after the key"),
        (" [hips.height, h", "\n  \u2013 hips.height\n  \u2013 h", "3:3", "U+2013 EN DASH in it: type '-' instead"),
        (" [hips.height, h", "\n\u2212 hips.height\n\u2212 h", "3:1", "U+2212 MINUS SIGN is not YAML here: type '-'"),
        (
            " [hips.height, h",
            "\n\u3000- hips.height\n  - h",
            "3:1",
            "U+3000 IDEOGRAPHIC SPACE is not YAML here: type an",
        ),
        (" [hips.height, h", "\n\t- hips.height\n  - h", "3:1", "a tab (U+0009)"),
        ("hips.height, ", "hips.height\uff0c ", "2:23", "U+FF0C FULLWIDTH COMMA in it: type ',' instead"),
        ("[hips.height, hands.distance]", "\uff3bhips.height\uff3d", "2:11", "U+FF3B FULLWIDTH LEFT SQUARE BRACKET"),
        (
            "hips.height",
            "h\u0456ps.height",
            "2:13",
            "did you mean 'hips.height'? There is U+0456 CYRILLIC SMALL LETTER",
        ),
        ("to: drone.pitch", "to\uff1adrone.pitch", "4:13", "unknown key"),
        ("[-24, -3]", "[-24 d\u0412, -3]", "5:41", "U+0412 CYRILLIC CAPITAL LETTER VE in it: type 'B' instead"),
        ("[-24, -3]", "[-24\u2026-3]", "5:39", "U+2026 HORIZONTAL ELLIPSIS in it"),
        ("[-24, -3]", "[-1\u00a0760, -3]", "5:36", "write it without blanks in front of its digits and between them"),
        ("{pitch: 60}", '{pitch: "60,5"}', "6:15", "write a point instead of the comma: '60.5'"),
    ],
)
def test_what_is_not_clear_is_named_where_it_stands(ordinary: str, written: str, place: str, message: str) -> None:
    assert ordinary in TIDE
    with pytest.raises(PresetError) as refused:
        loader.loads(TIDE.replace(ordinary, written, 1), "tide.yaml")
    lines = str(refused.value).splitlines()
    assert [line for line in lines if line.startswith(f"tide.yaml:{place}: ") and message in line], refused.value


def test_texts_for_people_keep_their_characters() -> None:
    written = "name: \u201cMar\u00e9e \u2013 1\u00a0h\u201d"
    assert loader.loads(TIDE.replace("name: Tide", written), "tide.yaml").name == "\u201cMar\u00e9e \u2013 1 h\u201d"
    about = 'about: "a:\u00a0b, {c:\u00a0d}"  # \u201cas it was: \uff1a\nname: Tide'
    assert loader.loads(TIDE.replace("name: Tide", about), "tide.yaml").about == "a: b, {c: d}"


def test_settings_of_this_machine_likewise() -> None:
    def read(text: str) -> settings.Settings:
        return settings.loads(text.encode(), Path("gesturesynth.yaml"))

    assert read("volume:\u00a0\u22126\u00a0dB").volume == -6.0
    for hours in ("10:00\u201318:00", "10\uff1a00\u00a0\u2212\u00a018\uff1a00", "\u201c10:00-18:00\u201d"):
        assert read(f"hours:\n\u00a0\u00a0daily: {hours}").hours.daily == "10:00-18:00"
    camera = read("camera: {mirror: \u201cyes\u201d, rotate: 90\u200b, width:\t320\u00a0}").camera
    assert (camera.mirror, camera.rotate, camera.width) == (True, 90, 320)
    assert read("osc: {allow: [192.168.1.0\uff0f24]}").osc.allow == ["192.168.1.0/24"]
    with pytest.raises(
        FileError, match=r"yaml:1:19: audio.backend: .* did you mean 'jack'\? There is U\+0430 CYRILLIC"
    ):
        read("audio: {backend: j\u0430ck}")


def test_a_path_keeps_the_blanks_it_has() -> None:
    text = 'camera: {source: "/media/My\u00a0Disk/a\u3000b.mp4"}\nmodel: /x/a\u00a0b.task'
    own = settings.loads(text.encode(), Path("gesturesynth.yaml"))
    assert (own.camera.source.split("/")[2], own.model) == ("My\u00a0Disk", "/x/a\u00a0b.task")


def test_a_preset_is_found_by_a_name_in_curly_quotes() -> None:
    assert loader.find("\u201cdrums\u201d").name == "drums.yaml"
    with pytest.raises(UserError, match=r"U\+0433 CYRILLIC SMALL LETTER GHE"):
        loader.find("\u0433rains")


def test_quantities_take_what_a_word_processor_makes_of_them() -> None:
    for text in ("-6.5 dB", "\u22126.5\u00a0dB", "\u20136.5\u202fdB", "\u200e-6\uff0e5\u2009dB", "\u201c-6.5 dB\u201d"):
        assert parse_quantity(text, "dB") == -6.5
    for text in ("1_7", "1\u00a0760", "6,5", "\u2212 6", "10\u00b2", "\u2153"):
        with pytest.raises(ValueError, match="expected a number"):
            parse_quantity(text, "")


def test_one_unusual_character_does_not_hide_another() -> None:
    assert "U+00B5 MICRO SIGN" in confusables.unusual_character("60\u00a0\u00b5s")
    assert confusables.unusual_character("60 ms") == ""


yaml_like = st.text(st.sampled_from("ab:,-[]{}'\"# \n\t\\\u00a0\u3000\u200b"), max_size=60)


@given(yaml_like)
def test_places_in_a_file_stay_what_they_were(text: str) -> None:
    regular = blanks.normalise_blanks(text)
    assert len(regular) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, regular, strict=True))
    assert blanks.normalise_blanks(regular) == regular


@given(st.text(st.sampled_from("\u00a0[{:,'\"-a \n"), max_size=40))
def test_nothing_is_refused_that_was_yaml_before(text: str) -> None:
    document = f"a: |\n  {text.replace(chr(10), ' ')}\nb: 1\n"
    with_text = parser.parse(document.encode(), "f.yaml")
    assert with_text.data["b"] == "1"
