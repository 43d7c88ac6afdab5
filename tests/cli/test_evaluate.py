"""`gesturesynth evaluate` of a preset that does not run: the report that a person reads, and that a program reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gesturesynth.cli import evaluate as verbs
from gesturesynth.cli.evaluation_report import WIDTH, choice_lines, evaluation_lines
from gesturesynth.cli.figure_text import COLUMNS, LINES, figure_lines
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import store_path
from gesturesynth.runtime.reports import (
    ClassJudgement,
    ConfusedPair,
    Evaluation,
    FeatureChoice,
    FeatureRemark,
    FeatureSetScore,
    GestureCost,
    OutputJudgement,
)
from tests.support.stick_figure import pose
from tests.support.stored_takes import open_store, poses

SOUND = {"pitch": 220.0, "level": -12.0, "timbre": 0.1}


@pytest.fixture
def takes(own_folders: Path) -> None:
    """Two takes each of two poses, with other sounds."""
    with open_store(store_path("theremin")) as store:
        for target, raised, pitch in (("1", 20.0, 110.0), ("2", 160.0, 1760.0)):
            for _ in range(2):
                store.add_take(target, SOUND | {"pitch": pitch}, "", poses(30, raised))


def report(**changes: object) -> str:
    values = {
        "preset": "Air",
        "takes": 4,
        "tested": 4,
        "between": False,
        "outputs": (OutputJudgement("pitch", "Hz", 12.5, 0.02, 0.4, 4),),
        "error_of_range": 0.02,
        "known": 0.9,
        "movement_known": 0.5,
        "classes": None,
        "alike": (),
        "features": (),
        "gestures": (),
        "too_few": (),
        "notes": (),
        "summary": "All is well.",
    }
    lines = [*evaluation_lines(Evaluation(**(values | changes)))]  # type: ignore[arg-type]
    assert max(map(len, lines)) <= WIDTH
    return " ".join(" ".join(lines).split())


@pytest.mark.usefixtures("takes")
def test_takes_are_judged_without_a_running_program(capsys: pytest.CaptureFixture[str]) -> None:
    verbs.evaluate(preset_="theremin")
    text = " ".join(capsys.readouterr().out.split())
    assert "4 takes of 'Air theremin'; 4 could be left out of the fit and played." in text
    assert "Snapshot 1, snapshot 2 have two takes each" in text
    verbs.evaluate(preset_="theremin", json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["takes"] == 4
    assert found["error_of_range"] < 0.05


@pytest.mark.usefixtures("takes")
def test_takes_that_are_alike_in_any_features_are_no_reason_to_change_them(capsys: pytest.CaptureFixture[str]) -> None:
    verbs.evaluate("body.full", "arms.angles", preset_="theremin", features=True)
    text = " ".join(capsys.readouterr().out.split())
    assert "Keep the features that the preset has" in text
    assert "features: [" not in text


def test_factory_examples_are_counted_and_not_listed_one_by_one(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verbs.evaluate(preset_="drums", factory=True)
    text = capsys.readouterr().out
    assert "288 takes of 'Air drums'" in text
    assert "sound 2" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sets": ("lean",), "preset_": "theremin"}, "say `--features lean`"),
        ({"factory": True}, "say whose factory examples"),
        ({"preset_": "theremin"}, "has no takes yet"),
        ({"sets": ("leen",), "preset_": "theremin", "features": True}, "unknown feature 'leen', did you mean 'lean'"),
        ({"factory": True, "features": True, "preset_": "drums"}, "numbers without skeletons"),
    ],
)
def test_mistakes_are_sentences(own_folders: Path, arguments: dict[str, object], words: str) -> None:
    sets = arguments.pop("sets", ()) if "sets" in arguments else ()
    with pytest.raises(UserError, match=words):
        verbs.evaluate(*sets, **arguments)  # type: ignore[arg-type, misc]


def test_every_part_of_a_report_is_told() -> None:
    classes = ClassJudgement(
        ("kick", "none"), ((8, 1, 1), (0, 10, 0)), 0.9, (0.8, 1.0), (ConfusedPair("kick", "none", 0.1),)
    )
    text = report(
        classes=classes,
        features=(FeatureRemark("lean", "still"), FeatureRemark("a", "double", "b")),
        gestures=(GestureCost("throw", 3, 0.12, 0.3), GestureCost("wave", 1, None, 0.3)),
        notes=("there is only one class",),
    )
    for part in (
        "pitch 12.5 Hz 2 % 40 % 4",
        "class kick none no class right",
        "kick 8 1 1 80 %",
        "10 % of the poses of 'kick' are taken for 'none'.",
        "50 % of the last minutes of movement",
        "lean did not move in any take: no pose tells it.",
        "a (as b) tells nothing of its own.",
        "Gesture 'throw', 3 takes: costs 0.12 from take to take; it fires up to 0.30.",
        "Gesture 'wave', 1 take: cannot be told from one take",
        "There is only one class.",
    ):
        assert part in text


def test_a_choice_of_features_has_its_figures_and_the_line_to_write() -> None:
    scores = tuple(
        FeatureSetScore(name, (name,), 1, error, None, 1.0, error) for name, error in (("a", 0.2), ("b", 0.003))
    )
    lines = [*choice_lines(FeatureChoice("Air", scores, "b", "'b' is best.", "features: [b]"))]
    assert lines[2].split() == ["*", "b", "1", "0.3", "%", "?", "100", "%"]
    assert lines[-1] == "features: [b]"


def test_a_pose_is_drawn_with_its_raised_arm_above_its_head() -> None:
    image = pose(right_arm=(175.0, 175.0), left_arm=(5.0, 175.0))
    points = [(float(x), float(y), float(v)) for x, y, _, v in image]
    lines = figure_lines(points, 640, 480)
    head = next(row for row, line in enumerate(lines) if "O" in line)
    assert any(line.strip() for line in lines[:head])
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= COLUMNS
    assert figure_lines([(x, y, 0.0) for x, y, _ in points], 640, 480) == []
