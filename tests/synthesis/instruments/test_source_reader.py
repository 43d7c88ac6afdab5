"""Tables of instruments are read from the text of their files, without running it."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import LEVEL, Parameter, Trigger
from gesturesynth.synthesis.instruments.source_reader import LONGEST_BYTES, read_source
from gesturesynth.synthesis.instruments.table import table_of
from tests.support.own_instruments import HUM


@pytest.mark.parametrize("kind", list(catalogue()))
def test_the_tables_of_our_own_instruments_can_be_read_in_the_same_way(kind: str) -> None:
    instrument = catalogue()[kind]
    data = Path(inspect.getfile(instrument)).read_bytes()
    assert read_source(data, f"{kind}.py") == (instrument.__name__, table_of(instrument))


def test_a_table_is_read_with_positions_keywords_and_triggers() -> None:
    text = HUM.replace(
        '"exp", 110.0, 0.2, "The tone."', 'warp="exp", default=110, help="The tone.", glide_s=0.2, pitch=True'
    )
    text = text.replace("    parameters =", '    triggers = [Trigger("hit", help="A hit.")]\n    parameters =')
    name, table = read_source(text.encode(), "hum.py")
    assert (name, table.kind, table.about) == ("Hum", "hum", "A tone.")
    assert table.parameters == (
        Parameter("pitch", "Hz", 60.0, 240.0, "exp", 110.0, 0.2, "The tone.", pitch=True),
        LEVEL,
    )
    assert table.triggers == (Trigger("hit", "A hit."),)


def test_the_class_may_be_named_by_its_module_and_another_one_may_stand_beside_it() -> None:
    text = HUM.replace("class Hum(Instrument)", "class Other:\n    pass\n\nclass Hum(toolkit.Instrument)")
    assert read_source(text.encode(), "hum.py")[0] == "Hum"
    two = HUM + HUM.replace("class Hum", "class Hum2")
    assert read_source(two.encode(), "hum.py", "Hum2")[0] == "Hum2"


WRONG = {
    "no Python": ("    kind =", "    kind = =", "hum.py:3: this is not Python"),
    "no class": ("(Instrument)", "", "expected one class that derives from Instrument, found 0"),
    "no kind": ('    kind = "hum"\n', "", "the class Hum has no `kind`"),
    "computed kind": ('"hum"', '"h" + "um"', "hum.py:3: `kind` must be a number or a text as it is"),
    "a kind that is no name": ('"hum"', '"Hum!"', "small letter"),
    "computed table": ("parameters = (", "parameters = make(", "must be written out"),
    "another call": ("Parameter(", "Param(", "hum.py:6: expected Parameter(...) or LEVEL"),
    "a computed number": ("60.0", "2 * 30.0", "`low` must be a number or a text as it is, not `2 * 30.0`"),
    "a missing value": (', "The tone."', "", "needs help as well"),
    "one too many": ('"The tone."', '"The tone.", True, 3', "here are 10 values"),
    "an unknown keyword": ('"The tone."', "hint=3", "not `hint`"),
    "a text for a number": ("60.0", '"60"', "`low` of parameter 'pitch' must be a number, not '60'"),
    "a number for a text": ('"The tone."', "3", "`help` of a parameter must be a text"),
    "infinity": ("240.0", "1e999", "must be a number, not inf"),
    "turned round": ("60.0, 240.0", "240.0, 60.0", "the first must be the lower one"),
    "a default outside": ("110.0, 0.2", "500.0, 0.2", "its default 500 is outside 60 to 240"),
    "exp from 0": ("60.0", "0.0", "needs both ends above 0"),
    "an unknown unit": ('"Hz"', '"hertz"', "its unit is 'hertz'"),
    "an unknown warp": ('"exp"', '"log"', "its warp is 'log'"),
    "no glide": ("0.2, ", "0.0, ", "its glide is 0 s"),
    "no level": ("        LEVEL,", "", "LEVEL is not among its `parameters`"),
    "a pitch that is none": (
        '"Hz", 60.0, 240.0, "exp", 110.0, 0.2, "The tone."',
        '"s", 60, 240, "exp", 110, 1, "x", True',
        "it is a pitch",
    ),
    "a pitch of another kind": (
        '"The tone."',
        '"The tone.", pitch=1',
        "`pitch` of parameter 'pitch' must be True or False",
    ),
    "twice": (
        "        LEVEL,",
        '        LEVEL, Parameter("pitch", "", 0, 1, "lin", 0, 0.1, "x"),',
        "two parameters called 'pitch'",
    ),
    "nothing about it": ('"A tone."', '""', "`about` must be one line"),
    "null bytes": ("    kind", "\0", "this is not Python"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_a_sentence_with_its_line(mistake: str) -> None:
    before, after, words = WRONG[mistake]
    text = HUM.replace(before, after, 1)
    assert text != HUM
    with pytest.raises(UserError) as raised:
        read_source(text.encode(), "hum.py")
    assert words in str(raised.value)
    assert str(raised.value).startswith("hum.py")
    assert "\n" not in str(raised.value)


def test_nesting_and_size_end_in_a_sentence() -> None:
    for data in (b"(" * 100_000, b"-" * 100_000 + b"1", b"#" * (LONGEST_BYTES + 1)):
        with pytest.raises(UserError, match=r"hum\.py"):
            read_source(data, "hum.py")
