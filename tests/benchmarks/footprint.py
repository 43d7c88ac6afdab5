"""What each process takes while a real dancer plays: processor, and memory.

Resident memory (RSS) counts what several processes share (libraries, the interpreter) once for each of them; the
proportional one (PSS) shares it out; the unique one (USS) is what would be free again if the process left.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil

from tests.benchmarks.figures import Figure, single
from tests.benchmarks.setup import Plan, jack, supervised

TITLE = "Processor and memory of each process, while a dancer plays"
SETTLED_S = 4.0
AIM_MB = 700.0
ORDER = ("tracker", "conductor", "engine", "supervisor")


def measure(plan: Plan) -> Iterator[Figure]:
    """Each process, and all together."""
    window_s = plan.choose(20, 5)
    with jack() as server, supervised(plan, server) as running:
        names = {pid: name for name, pid in running.pids().items()}
        time.sleep(SETTLED_S)
        members = [psutil.Process(pid) for pid in running.find_processes()]
        before = {member.pid: _cpu_s(member) for member in members}
        begun_s = time.monotonic()
        time.sleep(window_s)
        passed_s = time.monotonic() - begun_s
        share = {member.pid: 100 * (_cpu_s(member) - before[member.pid]) / passed_s for member in members}
        memory = {member.pid: member.memory_full_info() for member in members}
        threads = {member.pid: member.num_threads() for member in members}
    named = sorted(((names.get(pid, "supervisor"), pid) for pid in memory), key=lambda one: ORDER.index(one[0]))
    for name, pid in named:
        yield single(f"{name}: processor", "% of a core", share[pid])
    yield single("all: processor", "% of a core", sum(share.values()))
    for name, pid in named:
        facts = memory[pid]
        note = f"PSS {facts.pss / 1e6:.0f}, USS {facts.uss / 1e6:.0f}; {threads[pid]} threads"
        yield single(f"{name}: RSS", "MB", facts.rss / 1e6, note=note)
    for kind, what in (("rss", "all: RSS"), ("pss", "all: PSS, what they take of the machine"), ("uss", "all: USS")):
        total = sum(getattr(facts, kind) for facts in memory.values()) / 1e6
        yield single(what, "MB", total, aim=AIM_MB if kind == "rss" else None)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
