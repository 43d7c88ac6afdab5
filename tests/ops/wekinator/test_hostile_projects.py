"""Files of a project that are damaged or meant to do harm: a sentence with its place, and nothing else."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.ops.wekinator.installing import read_project
from gesturesynth.ops.wekinator.model_files import first_text
from gesturesynth.ops.wekinator.xml_tree import MOST_DEPTH, MOST_OCTETS, parse
from tests.ops.wekinator.projects import DTW, HEAD, NUMBER, input_config, output_config, write_gestures, write_project

BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>\n'
    "<OSCInputGroup><oscMessage>&c;</oscMessage></OSCInputGroup>"
)
STEPS = NUMBER.format(name="n", low="0.2", high="1.8", kind="INTEGER", limit="HARD")
OUTSIDE = '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>\n<OSCInputGroup>&b;</OSCInputGroup>'


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("inputConfig.xml", BOMB, r"inputConfig.xml:2: it has a document type"),
        ("inputConfig.xml", OUTSIDE, r"inputConfig.xml:2: it has a document type"),
        ("inputConfig.xml", f"{HEAD}<OSCInputGroup>\n<numInputs>", r"inputConfig.xml:3: this is not XML"),
        ("inputConfig.xml", "", r"this is not XML: no element found"),
        ("inputConfig.xml", f"{HEAD}<java.lang.ProcessBuilder/>", r":2: expected <OSCInputGroup>"),
        ("inputConfig.xml", input_config().replace("<numInputs>3", "<numInputs>9"), r"there are 3 names"),
        ("inputConfig.xml", input_config().replace("<numInputs>3", "<numInputs>many"), r":4: <numInputs> must be"),
        (
            "inputConfig.xml",
            input_config(address="wek inputs"),
            r":3: 'wek inputs' is not an OSC address",
        ),
        ("outputConfig.xml", output_config(STEPS), r"no two whole numbers in the range of 'n' from 0.2 to 1.8"),
        ("outputConfig.xml", output_config(), r"there are no outputs"),
        ("outputConfig.xml", output_config("<java.util.Timer/>"), r"'java.util.Timer' is no kind of output"),
        ("outputConfig.xml", output_config(DTW, port=0), r"<outputPort> must be a whole number from 1 to 65535"),
        ("current/currentData.arff", "@relation a\n@attribute b numeric\n@data\n", r"1 attributes, where 9"),
        ("current/currentData.arff", "no ARFF", r"currentData.arff:1: 'no ARFF' is not ARFF"),
    ],
)
def test_each_mistake_has_a_sentence_with_its_place(tmp_path: Path, file: str, text: str, sentence: str) -> None:
    folder = write_project(tmp_path / "project")
    (folder / file).write_text(text)
    with pytest.raises(UserError, match=sentence):
        read_project(folder)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("3,1,0,0,0", r"currentData.csv:1: an example has 3 inputs"),
        ("2,3,0,0", r"must be a gesture from 1 to 2"),
        ("2,1,0,0,0", r"there must be 2 numbers for each message"),
        ("2,1,0,nan", r"there must be 2 numbers for each message"),
        ("2", r"must be a gesture"),
    ],
)
def test_mistakes_in_examples_of_gestures(tmp_path: Path, line: str, sentence: str) -> None:
    folder = write_gestures(tmp_path / "moves")
    (folder / "current" / "currentData.csv").write_text(line)
    with pytest.raises(UserError, match=sentence):
        read_project(folder)


def test_a_pipe_is_no_file_of_a_project_and_nothing_waits_for_it(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project")
    (folder / "inputConfig.xml").unlink()
    os.mkfifo(folder / "inputConfig.xml")
    with pytest.raises(UserError, match="is missing"):
        read_project(folder)


def test_large_and_deep_xml_is_refused() -> None:
    with pytest.raises(UserError, match="at most"):
        parse(b"<a>" + b" " * MOST_OCTETS, "large.xml")
    with pytest.raises(UserError, match=f"deep.xml:1: elements are more than {MOST_DEPTH} deep"):
        parse(b"<a>" * (MOST_DEPTH + 1), "deep.xml")


def test_nothing_but_the_first_text_of_a_stream_is_read() -> None:
    with pytest.raises(UserError, match="does not begin with a text"):
        first_text(b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap", "model0.xml")
    with pytest.raises(UserError, match="is cut off"):
        first_text(b"\xac\xed\x00\x05\x7c" + b"\xff" * 8 + b"<a/>", "model0.xml")
    assert first_text(b"\xac\xed\x00\x05\x74\x00\x04<a/>sr", "model0.xml") == b"<a/>"


@pytest.mark.parametrize("write", [write_project, write_gestures])
def test_damaged_files_never_do_more_than_be_refused(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    folder = write(tmp_path / "project")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    dice = random.Random(7)
    refused = 0
    for _ in range(400):
        path = dice.choice(files)
        whole = path.read_bytes()
        octets = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(octets))
            match dice.randrange(3):
                case 0:
                    octets[place] = dice.randrange(256)
                case 1:
                    del octets[place : place + dice.randint(1, 40)]
                case _:
                    octets[place:place] = octets[place : place + dice.randint(1, 40)]
            if not octets:
                break
        path.write_bytes(octets)
        try:
            read_project(folder)
        except UserError:
            refused += 1
        path.write_bytes(whole)
    assert 50 < refused < 400
