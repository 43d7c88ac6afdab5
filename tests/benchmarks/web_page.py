"""The web page: what it takes of the processor by the number of viewers, and what the sound notices of an attack on it.

The attack runs on the same computer, and takes processor time itself: a part of what is measured is its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

import psutil
import websockets

from gesturesynth.page.address import address_file
from gesturesynth.page.topics import TOPICS
from gesturesynth.runtime.messages import Sound
from tests.benchmarks.figures import Figure, of, single
from tests.benchmarks.setup import Arrivals, Plan, jack, supervised
from tests.support.app_process import AppProcess
from tests.support.waiting import wait_for

TITLE = "The web page: viewers, and an attack with 10,000 connections"
VIEWERS: Final = (0, 1, 11)
AIM_ONE: Final = 6.0
AIM_MORE: Final = 1.5
AIM_WORSE: Final = 20.0
SETTLED_S: Final = 2.0
ATTACK_CONNECTIONS: Final = 10_000


def measure(plan: Plan) -> Iterator[Figure]:
    """Viewers, then the attack."""
    window_s = plan.choose(15, 4)
    with jack() as server, supervised(plan, server, "--page-port=0") as running:
        wait_for(address_file(running.runtime).exists, "the page")
        address = address_file(running.runtime).read_text(encoding="utf-8")
        page = psutil.Process(running.pids()["page"] if "page" in running.pids() else _page(running))
        shares = {count: asyncio.run(_share(page, address, count, window_s)) for count in VIEWERS}
        yield single("no viewer", "% of a core", shares[0])
        yield single("one viewer", "% of a core", shares[1], aim=AIM_ONE)
        yield single("each more", "% of a core", (shares[11] - shares[1]) / 10, aim=AIM_MORE, note="of ten more")
        yield single("page: RSS", "MB", page.memory_info().rss / 1e6)
        yield from _attack(running, address, window_s)
        yield single("page after the attack: RSS", "MB", page.memory_info().rss / 1e6)


def _page(running: AppProcess) -> int:
    assert running.process
    children = psutil.Process(running.process.pid).children(recursive=True)
    return next(child.pid for child in children if "page" in child.cmdline())


async def _share(page: psutil.Process, address: str, viewers: int, window_s: float) -> float:
    """What the page takes with so many viewers that watch everything, percent of a core."""
    end = asyncio.Event()
    watching = [asyncio.create_task(_watch(address, end)) for _ in range(viewers)]
    await asyncio.sleep(SETTLED_S)
    before_s, begun_s = sum(page.cpu_times()[:2]), time.monotonic()
    await asyncio.sleep(window_s)
    share = 100 * (sum(page.cpu_times()[:2]) - before_s) / (time.monotonic() - begun_s)
    end.set()
    await asyncio.gather(*watching)
    return share


async def _watch(address: str, end: asyncio.Event) -> None:
    live = address.replace("http:", "ws:") + "live"
    async with websockets.connect(live, origin=address.rstrip("/"), compression=None) as socket:  # type: ignore[arg-type]
        await socket.send(json.dumps({"watch": list(TOPICS)}))
        while not end.is_set():
            await socket.recv()


def _attack(running: AppProcess, address: str, window_s: float) -> Iterator[Figure]:
    """How late outputs are, before and during an attack."""
    calm_ms = _delays_ms(running, window_s)
    attacker = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.page_attack", address, str(ATTACK_CONNECTIONS)], stdout=subprocess.PIPE
    )
    under_attack_ms = _delays_ms(running, window_s)
    said, _ = attacker.communicate(timeout=300)
    calm = of("a frame's outputs are sent, in peace", "ms", calm_ms)
    attacked = of("a frame's outputs are sent, under attack", "ms", under_attack_ms, note=said.decode().strip())
    yield calm
    yield attacked
    assert calm.p99 is not None
    assert attacked.p99 is not None
    yield single("p99 worse by", "%", 100 * (attacked.p99 / calm.p99 - 1), aim=AIM_WORSE)


def _delays_ms(running: AppProcess, window_s: float) -> list[float]:
    """From the capture of each frame to its outputs' arrival, milliseconds."""
    with Arrivals(running.runtime, Sound) as arrivals:
        time.sleep(window_s)
    delays_ms, newest_s = [], 0.0
    for arrived_s, sound in arrivals.heard[Sound]:
        if sound.capture_time_s > newest_s:
            newest_s = sound.capture_time_s
            delays_ms.append(1000 * (arrived_s - newest_s))
    return delays_ms
