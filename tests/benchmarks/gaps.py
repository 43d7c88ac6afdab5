"""Gaps in the sound (xruns): while all of it works and is retrained, and while an engine alone waits, turn by turn.

Turn by turn, because a machine has gaps of its own, and has more of them at some times than at others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import COMMAND_LINE, call
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import MeasuringError, Plan, engine_bench, environment_of, jack, supervised
from tests.support.jack_server import JackServer

TITLE = "Gaps (xruns), JACK, 256 frames at 48 kHz, asynchronous"
RETRAIN_EVERY_S = 2.0
SETTLED_S = 2.0


def measure(plan: Plan) -> Iterator[Figure]:
    """An idle engine, then everything, then the idle engine again, and so on."""
    window_s = plan.choose(15, 6)
    idle: list[float] = []
    busy: list[float] = []
    trainings = 0
    with jack(synchronous=False) as server:
        for _ in range(plan.choose(3, 1)):
            idle.append(_idle(plan, server, window_s))
            count, trained = _busy(plan, server, window_s)
            busy.append(count)
            trainings += trained
    yield of("an idle engine alone", "/min", idle, note=f"{window_s} s each: {_listed(idle, window_s)} gaps")
    note = f"{window_s} s each: {_listed(busy, window_s)} gaps; {trainings} trainings"
    yield of("tracking, playing, retraining", "/min", busy, aim_median=sorted(idle)[len(idle) // 2], note=note)


def _listed(rates: list[float], window_s: float) -> str:
    return ", ".join(f"{rate * window_s / 60:.0f}" for rate in rates)


def _idle(plan: Plan, server: JackServer, window_s: float) -> float:
    with engine_bench(plan, server) as at:
        first = at.status()
        time.sleep(SETTLED_S)
        first = at.status()
        time.sleep(window_s)
        last = at.status()
    return _rate(first, last)


def _busy(plan: Plan, server: JackServer, window_s: float) -> tuple[float, int]:
    trainings = 0
    with supervised(plan, server) as running, environment_of(running), CommandClient() as wire:
        time.sleep(SETTLED_S)
        first: EngineStatus = running.until(EngineStatus, lambda _: True, "the engine")
        end_s = time.monotonic() + window_s
        while time.monotonic() < end_s:
            answer = wire.ask(call("train", (), COMMAND_LINE), 20.0)
            if not answer.ok:
                raise MeasuringError(answer.text)
            trainings += 1
            running.until(ConductorStatus, lambda status: not status.session.training, "the end of a training")
            time.sleep(max(0.0, min(RETRAIN_EVERY_S, end_s - time.monotonic())))
        last: EngineStatus = running.until(EngineStatus, lambda _: True, "the engine")
    return _rate(first, last), trainings


def _rate(first: EngineStatus, last: EngineStatus) -> float:
    if min(first.xruns, last.xruns) < 0 or last.pid != first.pid:
        raise MeasuringError("the engine cannot count xruns here, or was started again")
    return 60 * (last.xruns - first.xruns) / (last.time_s - first.time_s)
