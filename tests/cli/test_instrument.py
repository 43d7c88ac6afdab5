"""`gesturesynth instrument ...`, as a person or a program uses it in a shell, and the example of the documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gesturesynth.cli import app
from gesturesynth.ops.doctor.checks.files import check_instruments
from gesturesynth.ops.doctor.finding import Examination, Finding
from tests.support.own_instruments import HUM, put

Shell = Callable[..., tuple[int, str, str]]
PAGE = Path(__file__).parents[2] / "docs" / "instruments.md"


@pytest.fixture
def shell(own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `gesturesynth ...` in a folder of its own: exit code, output, errors."""
    monkeypatch.chdir(own_folders)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            app.main(list(arguments))
        printed = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, printed.out, printed.err

    return run


def test_the_example_of_the_documents_has_twenty_lines_and_passes_its_check(shell: Shell) -> None:
    (text,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in text.splitlines() if line.strip()]) <= 20
    path = put(text)
    code, said, _ = shell("instrument", "check", "hum")
    assert code == 0, said
    assert "BAD" not in said
    assert said.count("good  ") >= 8
    assert shell("instrument", "check", str(path), "--json")[0] == 0


def test_the_list_says_where_each_comes_from_and_what_cannot_be_used(shell: Shell) -> None:
    assert shell("instrument", "list")[0] == 0
    path = put(HUM)
    code, said, _ = shell("instrument", "list")
    assert code == 0
    assert f"hum         {path}" in said
    assert "drone       Gesture Synth" in said
    bad = put("x = = 3", "bad")
    code, said, wrong = shell("instrument", "list")
    assert (code, wrong) == (2, f"{bad}:1: this is not Python: invalid syntax\n")
    assert "hum" in said
    rows = {row["name"]: row for row in json.loads(shell("instrument", "list", "--json")[1])}
    assert (rows["hum"]["origin"], rows["bad"]["origin"]) == (str(path), "")
    assert "not Python" in rows["bad"]["problem"]
    assert "hum.pitch" in shell("instruments")[1]
    assert str(bad) in shell("instruments")[2]


def test_trim_prints_curves_to_paste(shell: Shell) -> None:
    put(HUM)
    code, said, lines = shell("instrument", "trim", "hum", "pitch", "--points", "2", "--seconds", "1")
    assert code == 0
    assert re.fullmatch(
        r"_PITCH_TRIM_DB = \(\(60, [-\d.]+\), \(240, [-\d.]+\)\)\n_TRIM_DB = [-\d.]+\n# what is left .* dB\n", said
    )
    assert "pitch 60: -" in lines
    assert shell("instrument", "trim", "hum", "--points", "2", "--seconds", "1", "--quiet")[2] == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nothing"), "'nothing' is not an instrument"),
        (("check", "nothing.py"), "nothing.py: there is no such file"),
        (("check", "bad"), "bad.py: expected one class"),
        (("check", "failing"), "failing.py: line 1: ZeroDivisionError"),
        (("trim", "hum", "level"), "'level' is not a parameter of 'hum' that can be levelled"),
        (("trim", "hum", "--points", "1"), "--points takes 2 to 33"),
    ],
)
def test_mistakes_are_sentences_with_exit_code_2(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    put(HUM)
    put("x = 1", "bad")
    put("1 / 0\n" + HUM, "failing")
    code, _, wrong = shell("instrument", *arguments)
    assert (code, wrong.count("\n")) == (2, 1)
    assert words in wrong


def test_a_check_that_finds_something_ends_with_exit_code_2(shell: Shell) -> None:
    put(HUM)
    code, said, _ = shell("instrument", "check", "hum")
    assert code == 2
    assert "BAD   level:" in said


def test_the_doctor_says_what_there_is_and_what_cannot_be_used(own_folders: Path) -> None:
    examination = Examination.__new__(Examination)
    assert check_instruments(examination).grade == "pass"
    put(HUM)
    found: Finding = check_instruments(examination)
    assert (found.grade, "their code runs in the engine" in found.found) == ("pass", True)
    put("x = 1", "bad")
    found = check_instruments(examination)
    assert found.grade == "fail"
    assert "bad.py: expected one class" in found.found
