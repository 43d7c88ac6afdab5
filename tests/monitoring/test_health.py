"""Health: no problem when everything works, and each problem, warning and note."""

from __future__ import annotations

import io
import math
import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from rich.console import Console

from gesturesynth.monitoring.health import FRESH_S, Health, Process, assess, process_of_record
from gesturesynth.monitoring.staff_sentence import staff_sentence
from gesturesynth.monitoring.status_monitor import ClockProgress
from gesturesynth.monitoring.status_text import duration, render
from gesturesynth.runtime.light_message import LightStatus
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from gesturesynth.runtime.process_stats import ProcessStats
from gesturesynth.runtime.restart_history import LifeRecord
from gesturesynth.runtime.session_state import SessionState
from gesturesynth.runtime.tracker_readings import TrackerReading
from gesturesynth.runtime.view_reading import VIEW_SENTENCES, ViewReading
from tests.support.statuses import LIFE, NOW_S, conductor_status, engine_status, tracker_status

TRACKER, CONDUCTOR, ENGINE = tracker_status(), conductor_status(), engine_status()
PROCESSES = ("tracker", "conductor", "engine")


def assessed(
    *,
    tracker: TrackerStatus | None = TRACKER,
    conductor: ConductorStatus | None = CONDUCTOR,
    engine: EngineStatus | None = ENGINE,
    now_s: float = NOW_S,
) -> Health:
    return assess(tracker, conductor, engine, now_s)


def test_when_all_works_it_is_healthy() -> None:
    health = assessed()
    assert (health.healthy, health.problems, health.notes) == (True, (), ())
    assert [one.state for one in health.processes.values()] == ["ok", "ok", "ok"]
    engine = health.processes["engine"]
    assert engine == Process("ok", 3, 6.0, 2, 98.4, 3, 14, LIFE.last_fault, LIFE.last_fault_time)


@pytest.mark.parametrize("who", PROCESSES)
def test_a_process_that_has_sent_no_status_is_missing(who: str) -> None:
    health = {
        "tracker": assessed(tracker=None),
        "conductor": assessed(conductor=None),
        "engine": assessed(engine=None),
    }[who]
    assert health.problems == (f"the {who} sends no status: it starts, hangs, or does not run",)
    assert (health.healthy, health.processes[who].state) == (False, "missing")


@pytest.mark.parametrize("who", PROCESSES)
def test_a_process_that_sends_no_more_status_is_stale(who: str) -> None:
    later_s = NOW_S + FRESH_S
    times = {name: later_s for name in PROCESSES if name != who}
    health = assessed(
        tracker=tracker_status(time_s=times.get("tracker", TRACKER.time_s)),
        conductor=conductor_status(time_s=times.get("conductor", CONDUCTOR.time_s)),
        engine=engine_status(time_s=times.get("engine", ENGINE.time_s)),
        now_s=later_s,
    )
    assert health.processes[who].state == "stale"
    assert len(health.problems) == 1
    assert health.problems[0].startswith(f"the {who} has sent no status for ")


def test_the_fault_of_a_process_that_has_ended_is_quoted() -> None:
    record = LifeRecord(7, "there is no JACK server\nand more", "2026-11-23T12:00:00Z", end_recorded=True)
    health = assess(TRACKER, CONDUCTOR, None, NOW_S, last_records={"engine": record})
    assert health.problems == ("the engine does not run: there is no JACK server",)
    assert (health.processes["engine"].restarts, health.processes["engine"].state) == (7, "missing")
    assert health.last_fault
    assert health.last_fault.text.startswith("there is no JACK server")


PROBLEMS = {
    "a camera that is away": (
        assessed(tracker=tracker_status(state="waiting", detail="no such device")),
        "no such device",
    ),
    "a camera that is opened": (assessed(tracker=tracker_status(state="opening")), "there are no frames"),
    "old frames": (assessed(tracker=tracker_status(frame_age_s=4.0)), "the newest frame is 4 s old"),
    "never a frame": (
        assessed(tracker=tracker_status(frame_age_s=math.inf)),
        "there has been no frame yet (demo performer)",
    ),
    "no preset": (assessed(conductor=conductor_status(preset="")), "no preset plays"),
    "a broken preset": (
        assessed(conductor=conductor_status(preset_error="a.yaml:3:1: unknown key\na.yaml:4:1: x")),
        "a.yaml:3:1: unknown key",
    ),
    "a fit that failed": (assessed(conductor=conductor_status(model_error="no rows")), "no rows"),
    "no device": (
        assessed(engine=engine_status(unheard="there is no sound device", detail="there is no sound device")),
        "nothing is heard: there is no sound device",
    ),
    "an engine without a scene": (
        assessed(engine=engine_status(preset="", detail="waiting for the conductor")),
        "the engine plays nothing yet: waiting for the conductor",
    ),
}


@pytest.mark.parametrize("what", PROBLEMS)
def test_each_problem_is_found_and_described(what: str) -> None:
    health, text = PROBLEMS[what]
    assert not health.healthy
    assert len(health.problems) == 1
    assert text in health.problems[0]
    assert "\n" not in health.problems[0]


def test_an_audio_clock_that_stands_still_is_found_from_two_statuses() -> None:
    clock = ClockProgress()
    clock.update(ENGINE)
    first = clock.moved_s
    assert first is None, "one status tells nothing about movement"
    clock.update(engine_status(time_s=10.1))
    clock.update(engine_status(time_s=11.2))
    stands = assess(None, None, engine_status(time_s=11.2), 11.2, moved_s=clock.moved_s)
    assert "the audio clock stands still (jack, system)" in stands.problems
    clock.update(engine_status(time_s=11.3, samples=ENGINE.samples + 1))
    assert clock.moved_s == 11.3
    clock.update(engine_status(time_s=11.4, samples=0, pid=99))
    restarted = clock.moved_s
    assert restarted is None, "the clock of another engine has not moved yet"


def test_a_tracker_that_can_reach_the_network_is_a_warning_with_advice() -> None:
    health = assessed(tracker=tracker_status(network="AppArmor says no", network_advice="Install the service."))
    assert health.healthy, "it plays all the same"
    (warning,) = health.warnings
    assert "can reach the network: AppArmor says no. Install the service." in warning
    assert not [note for note in health.notes if "AppArmor" in note]
    assert assessed(tracker=tracker_status(network="its source is on it")).warnings == (), "that was asked for"


@pytest.mark.parametrize(
    ("health", "text"),
    [
        (
            assessed(tracker=tracker_status(detail="there is no camera, so the demo performer plays")),
            "demo performer plays",
        ),
        (assessed(tracker=tracker_status(view=ViewReading("dark", VIEW_SENTENCES["dark"]))), "too dark"),
        (assessed(tracker=tracker_status(network="this process can reach the network")), "can reach the network"),
        (assessed(conductor=conductor_status(session=SessionState(muted=True))), "muted"),
        (assessed(conductor=conductor_status(session=SessionState(panic=True))), "panic"),
        (assessed(conductor=conductor_status(hours="closed until Tue 10:00", closed=True)), "closed until Tue 10:00"),
        (assessed(conductor=conductor_status(model="", training=True)), "a model is being fitted"),
        (assessed(engine=engine_status(detail="connect the ports by hand")), "connect the ports by hand"),
    ],
)
def test_what_was_asked_for_or_is_harmless_is_a_note_and_no_problem(health: Health, text: str) -> None:
    assert health.healthy
    assert [note for note in health.notes if text in note]


def test_what_a_preset_asks_for_and_the_settings_do_not_allow_is_a_warning() -> None:
    notes = (
        "hips.height: the hips cannot be seen",
        "no microphone is open: `ear: true` in gesturesynth.yaml opens one",
    )
    health = assessed(conductor=conductor_status(notes=notes))
    assert health.healthy
    assert health.warnings == notes[1:]


def test_what_an_optional_process_cannot_do_is_a_warning() -> None:
    record = LifeRecord(pid=7, notes=("'lamp' fails: nothing answers",))
    running = {"actions": process_of_record(record, NOW_S, "ok")}
    health = assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, optional=running)
    assert health.healthy
    assert health.warnings == ("'lamp' fails: nothing answers",)
    gone = {"actions": process_of_record(record, NOW_S, "missing")}
    assert assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, optional=gone).warnings == ()


def test_an_optional_process_that_does_not_run_is_a_problem() -> None:
    optional = {"keys": Process("missing", last_fault="no such keyboard", last_fault_time="2026-11-23T13:00:00Z")}
    health = assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, optional=optional)
    assert health.problems == ("keys does not run: no such keyboard",)
    assert health.last_fault
    assert health.last_fault.process == "keys", "the newest of all"


# ------------------------------------------------------------------------------------------------------ text for people
def test_the_status_text_has_everything() -> None:
    console = Console(width=120, force_terminal=False, highlight=False)
    conductor = conductor_status(
        preset="Air theremin",
        model="linear rbf, 18 examples",
        session=SessionState(takes={"1": 2, "2": 0, "wave": 1}, volume_db=-6.0),
        hours="open until Tue 18:00",
    )
    tracker = tracker_status(people=1)
    wall = datetime.fromisoformat("2026-11-23T14:20:00+01:00")
    health = assess(tracker, conductor, ENGINE, NOW_S)
    with console.capture() as capture:
        console.print(render(health, tracker, conductor, ENGINE, wall=wall))
    text = capture.get()
    for message in (
        "Gesture Synth  healthy",
        "demo performer, live, 30.0 fps, frame 12 ms old, inference 21 ms, 1 person",
        "Air theremin, linear rbf, 18 examples",
        "1: 2, wave: 1",
        "jack, system, stereo, 48000 Hz / 256, -21 dBFS, volume -6 dB, open until Tue 18:00, 0 xruns",
        "engine, 1 h 20 min ago (2026-11-23 13:00:00): the audio server has gone",
        "98 MB",
    ):
        assert message in text


def test_the_status_text_without_any_status() -> None:
    console = Console(width=100, force_terminal=False)
    with console.capture() as capture:
        console.print(
            render(assess(None, None, None, NOW_S), None, None, None, wall=datetime.fromtimestamp(0).astimezone())
        )
    assert "not healthy" in capture.get()
    assert capture.get().count("missing") == 3


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (59.9, "59 s"), (60, "1 min"), (3600, "1 h 0 min"), (90_000, "1 d 1 h"), (1e7, "115 d 17 h")],
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_text_of_status_shows_a_warning() -> None:
    tracker = tracker_status(network="AppArmor says no", network_advice="Install the service.")
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(render(assessed(tracker=tracker), tracker, CONDUCTOR, None, wall=datetime.now(tz=UTC)))
    assert isinstance(console.file, io.StringIO)
    assert re.search(
        r"^warning +the process that sees people can reach the network: AppArmor says no\. Install the service\.",
        console.file.getvalue(),
        re.MULTILINE,
    )


def test_a_tracker_of_another_computer_is_judged_by_what_the_conductor_says_of_it() -> None:
    hall, foyer = (TrackerReading(name, name, "live") for name in ("hall", "foyer"))
    alone = assessed(tracker=None, conductor=conductor_status(trackers=(hall,)))
    assert alone.healthy
    assert "tracker" not in alone.processes, "none has to run here"
    silent = replace(hall, state="silent")
    assert assessed(tracker=None, conductor=conductor_status(trackers=(silent,))).problems == (
        "the tracker 'hall' sends nothing any more",
    )
    one_left = assessed(tracker=None, conductor=conductor_status(trackers=(silent, foyer)))
    assert (one_left.healthy, one_left.warnings) == (True, ("the tracker 'hall' sends nothing any more",))
    with_local = (TrackerReading("local", "local", "live"), hall)
    assert not assessed(tracker=None, conductor=conductor_status(trackers=with_local)).healthy


def test_a_computer_that_only_publishes_poses_needs_no_conductor_and_no_engine() -> None:
    server = {"pose-server": Process("ok", 7)}
    health = assess(TRACKER, None, None, NOW_S, optional=server, plays=False)
    assert (health.healthy, list(health.processes)) == (True, ["tracker", "pose-server"])
    assert staff_sentence(health, TRACKER, None, None, NOW_S).well
    assert not assess(None, None, None, NOW_S, optional=server, plays=False).healthy


def test_lamps_that_are_not_reached_are_a_warning() -> None:
    sent = LightStatus(NOW_S, 9, "sACN to 10.0.0.1, port 5568", "live", 4, 0, "", {})
    gone = replace(sent, error="10.0.0.1 cannot be reached: Network is unreachable")
    sentence = "lamps are not reached: 10.0.0.1 cannot be reached: Network is unreachable"
    assert assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, light=gone).warnings == (sentence,)
    assert assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, light=gone).healthy
    assert assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, light=sent).warnings == ()
    said = staff_sentence(assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, light=gone), TRACKER, CONDUCTOR, ENGINE, NOW_S)
    assert (said.well, said.reasons, [part.code for part in said.parts]) == (False, (sentence,), ["lamps"])
    living = replace(sent, life=ProcessStats(rss_mb=41.0, threads=3))
    shown = assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, light=living, optional={"light": Process("ok", 9)})
    assert (shown.processes["light"].rss_mb, shown.processes["light"].state) == (41.0, "ok")
    assert assess(TRACKER, CONDUCTOR, ENGINE, NOW_S, light=replace(gone, time_s=NOW_S - 9.0)).warnings == ()
