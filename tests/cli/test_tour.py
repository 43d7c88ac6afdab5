"""A tour: which piece begins when, and what is announced."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.cli import app
from gesturesynth.cli.tour import Tour, TourStop, tour_stops
from gesturesynth.core.errors import UserError

STOPS = (TourStop("a", "1 of 2: A."), TourStop("b", "2 of 2: B."))


def begun(tour: Tour, times_s: list[float]) -> list[str]:
    return [stop.preset if (stop := tour.due(time_s)) else "" for time_s in times_s]


def test_each_piece_begins_once_and_the_tour_ends_after_the_last() -> None:
    tour = Tour(STOPS, 20.0)
    assert not tour.ended(99.0), "it has not begun"
    assert begun(tour, [100.0, 100.1, 119.9, 120.0, 130.0, 139.9, 140.0, 200.0]) == ["a", "", "", "b", "", "", "", ""]
    assert tour.begun == 2
    assert not tour.ended(139.9)
    assert tour.ended(140.0)


def test_it_begins_again_where_that_is_wanted() -> None:
    tour = Tour(STOPS, 20.0, again=True)
    assert begun(tour, [0.0, 20.0, 40.0, 41.0, 60.0]) == ["a", "b", "a", "", "b"]
    assert not tour.ended(1000.0)


def test_a_loop_that_was_held_up_goes_on_with_the_piece_that_is_due() -> None:
    assert begun(Tour(STOPS, 20.0), [0.0, 35.0, 36.0]) == ["a", "b", ""]


def test_without_names_all_pieces_without_mistakes_are_shown(own_folders: Path) -> None:
    folder = own_folders / "config" / "presets"
    folder.mkdir(parents=True)
    (folder / "broken.yaml").write_text("name: Broken\nabout: It is.\n")
    names = [stop.preset for stop in tour_stops(())]
    assert {"theremin", "drone", "grains", "drums"} <= set(names)
    assert "broken" not in names


def test_the_sentence_names_the_piece_and_what_it_is_about() -> None:
    first, second = tour_stops(["drums", "theremin"])
    assert first.preset == "drums"
    assert first.sentence.startswith("1 of 2: Air drums. Strike poses")
    assert second.sentence.startswith("2 of 2: Air theremin. ")


@pytest.mark.parametrize(
    ("arguments", "words"), [(["demo", "thermin"], "thermin"), (["demo", "--seconds", "1"], "3 s")]
)
def test_mistakes_are_said_before_anything_starts(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as left:
        app.main(arguments)
    assert left.value.code == UserError.exit_code
    assert words in capsys.readouterr().err
