"""The bench measures; here is what it makes of its samples, and how it puts them on a page."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import zmq
from rich.console import Console

from gesturesynth.control.osc.codec import encode
from gesturesynth.runtime.messages import Sound
from gesturesynth.runtime.pubsub import Publisher
from tests.benchmarks import machine, report
from tests.benchmarks.__main__ import MEASUREMENTS, main
from tests.benchmarks.audible import NEIGHBOURS, RecordedSound, even
from tests.benchmarks.figures import Figure, of, single
from tests.benchmarks.osc import STEPS, _step, _volume
from tests.benchmarks.setup import Arrivals
from tests.support.stub_instruments import scene, sound
from tests.support.waiting import wait_for

GOOD = of("a strike", "ms", [10.0, 12.0, 11.0], aim_median=20.0, aim_p99=30.0)
BAD = of("overhead | all", "ms", [1.0] * 98 + [9.0] * 2, aim_median=2.0, aim_p99=5.0, note="by chance")
MADE = report.Report(
    "2026-03-01T10:00:00+00:00",
    machine.Machine("Some CPU", 2, 8.0, "Linux 6", "CPython 3.11", {"numpy": "2"}, realtime=False, load=0.1),
    quick=False,
    results=(
        report.Result("audible", "From parameter to audible", (GOOD, BAD), took_s=1.0),
        report.Result("xruns", "Gaps", (), "there is no jackd"),
    ),
)


# -------------------------------------------------------------------------------------------------------------- figures
def test_a_figure_holds_median_and_p99() -> None:
    samples = [float(number) for number in range(1, 101)]
    figure = of("x", "ms", samples)
    assert (figure.n, figure.median) == (100, 50.5)
    assert figure.p99 == pytest.approx(99.01)
    assert single("x", "MB", 3.0) == Figure("x", "MB", 1, 3.0)


@pytest.mark.parametrize("samples", [[], [1.0, float("nan")]])
def test_what_was_not_measured_is_no_figure(samples: list[float]) -> None:
    with pytest.raises(ValueError, match=r"measured of: it|are numbers: it"):
        of("it", "ms", samples)


def test_each_aim_is_judged_by_itself() -> None:
    assert GOOD.verdict == "ok"
    assert BAD.median <= 2.0
    assert BAD.verdict == "over", "its p99 is"
    assert of("x", "ms", [3.0], aim_median=2.0).verdict == "over"
    assert of("x", "ms", [3.0]).verdict == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0412, "0.041"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234"), (30.0, "30"), (None, "")],
)
def test_numbers_are_for_people(value: float | None, text: str) -> None:
    assert report.number(value) == text


# --------------------------------------------------------------------------------------------------------------- report
def test_the_page_gets_the_table_between_its_markers_and_nothing_else_changes() -> None:
    page = "before\n<!-- measured: bench -->\nold\n<!-- end of bench -->\nafter\n"
    new = report.rewritten(page, MADE)
    assert new.startswith("before\n<!-- measured: bench -->\nMeasured on 2026-03-01: Some CPU, 2 cores")
    assert new.endswith("\n<!-- end of bench -->\nafter\n")
    assert "old" not in new
    assert "| a strike | 11 | 12.0 | ms | 3 | ≤ 20, p99 ≤ 30 | ok |  |" in new
    assert "| overhead \\| all | 1 | 9 | ms | 100 | ≤ 2, p99 ≤ 5 | over | by chance |" in new
    assert "Not measured: there is no jackd" in new
    assert report.rewritten(new, MADE) == new, "again changes nothing"


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="one block"):
        report.rewritten("a page", MADE)


def test_the_real_page_has_its_markers() -> None:
    assert "a strike" in report.rewritten(report.PAGE.read_text(encoding="utf-8"), MADE)


def test_a_busy_machine_is_noted_beside_the_figures() -> None:
    busy = msgspec.structs.replace(MADE, machine=msgspec.structs.replace(MADE.machine, load=1.5))
    assert "not to be believed" in report.markdown(busy)
    assert "not to be believed" not in report.markdown(MADE)


def test_the_table_lists_the_missed_aims() -> None:
    screen = io.StringIO()
    report.show(MADE, Console(file=screen, width=160))
    shown = screen.getvalue()
    assert "NOT MEASURED: there is no jackd" in shown
    assert "Missed: From parameter to audible: overhead | all; Gaps: there is no jackd" in " ".join(shown.split())


def test_programs_get_every_figure_with_its_verdict() -> None:
    facts = json.loads(report.to_json(MADE))
    rows = facts["results"][0]["figures"]
    assert [(row["what"], row["verdict"]) for row in rows] == [("a strike", "ok"), ("overhead | all", "over")]
    assert facts["machine"]["cores"] == 2


def test_this_machine_can_be_described() -> None:
    here = machine.describe_machine()
    assert here.cores >= 1
    assert here.memory_gb > 0.1
    assert here.versions.keys() == set(machine.LIBRARIES)
    assert here.lines().startswith(here.cpu)


# -------------------------------------------------------------------------------------------------------------- command
def test_what_cannot_be_measured_is_reported_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        TITLE = "Broken"

        @staticmethod
        def measure(_: object) -> list[Figure]:
            raise AssertionError("jackd is missing")

    class Works:
        TITLE = "Works"

        @staticmethod
        def measure(_: object) -> list[Figure]:
            return [GOOD]

    monkeypatch.setitem(MEASUREMENTS, "audible", Broken)
    monkeypatch.setitem(MEASUREMENTS, "mapping", Works)
    page = report.PAGE.read_bytes()
    file = tmp_path / "figures.json"
    assert main(["--quick", "--only", "audible", "--only", "mapping", "--json", str(file)]) == 1
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    assert [(one["trouble"], len(one["figures"])) for one in results] == [
        ("AssertionError: jackd is missing", 0),
        ("", 1),
    ]
    assert "jackd is missing" in capsys.readouterr().out
    assert report.PAGE.read_bytes() == page, "few samples are not for the page"


# ----------------------------------------------------------------------------------------------------------------- ears
def test_late_calls_are_put_where_they_were_due() -> None:
    period_s = 256 / 48000
    due = 100.0 + np.arange(500) * period_s
    late = np.random.default_rng(1).exponential(0.001, 500)
    late[::16] = 0.0
    np.testing.assert_allclose(even(due + late, period_s), due, atol=1e-9)
    assert NEIGHBOURS >= 32


def test_the_first_loud_sample_after_a_moment_is_found() -> None:
    samples = np.zeros(48000, np.float32)
    samples[24000 + 480] = 0.5
    heard = RecordedSound(samples, 10.0 + np.arange(188) * 256 / 48000, 256, 48000.0)
    assert heard.first_above(10.5, 0.1, 0.2) == pytest.approx(0.01, abs=1e-4)
    assert np.isnan(heard.first_above(10.6, 0.1, 0.2))
    assert heard.loudest(10.5, 10.52) == 0.5


def test_arrivals_are_all_there_with_their_times(own_folders: Path) -> None:
    toys = scene()
    with zmq.Context() as context:
        sounds = Publisher(context, Sound)
        with Arrivals(own_folders / "runtime", Sound) as arrivals:
            wait_for(lambda: _said(sounds, _now(sound(toys))) and bool(arrivals._raw), "a sound to arrive")
            begun_s = time.monotonic()
        sounds.close()
    arrived_s, message = arrivals.heard[Sound][0]
    assert message.scene.preset == "toys"
    assert message.capture_time_s <= arrived_s <= begun_s


def _said(sounds: Publisher[Sound], what: Sound) -> bool:
    sounds.send(what)
    return True


def _now(what: Sound) -> Sound:
    return msgspec.structs.replace(what, capture_time_s=time.monotonic())


# ------------------------------------------------------------------------------------------------------------------ OSC
def test_each_volume_is_known_by_its_acknowledgement() -> None:
    for step in range(STEPS):
        assert -60.0 + step / 10 <= 0.0
        text = f"Volume {-60.0 + step / 10:.3g} dB."
        assert _step(encode("/gesturesynth/ack", "/gesturesynth/volume", text)) == step
    assert _step(encode("/gesturesynth/error", "/gesturesynth/volume", "Volume -6 dB")) == -1
    assert _volume(0).startswith(b"/gesturesynth/volume")
