"""No confirmed take is lost when the process is killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesturesynth.mapping.examples.store import store_path
from tests.support.stored_takes import FEATURES, integrity, open_store

CYCLES = 100
ROWS = 20

# It forks a worker for each line that it reads, so that Python and numpy start only once.
SCRIPT = f"""
import os, sys
from pathlib import Path
from tests.support.stored_takes import open_store, poses

path, ready = Path(sys.argv[1]), poses({ROWS}, empty_frames=(3,))
for line in sys.stdin:
    worker = os.fork()
    if worker == 0:
        os.write(1, b"worker %d\\n" % os.getpid())
        store = open_store(path)
        number = 0
        while True:
            number += 1
            if number % 7 == 0:
                store.save_snapshot(number % 9 + 1, {{"pitch": 1.0}})
            serial = os.getpid() * 1000 + number
            info = store.add_take(str(number % 9 + 1), {{"pitch": float(serial)}}, "", ready)
            os.write(1, b"%d %d\\n" % (info.id, serial))
    os.waitpid(worker, 0)
    os.write(1, b"gone\\n")
"""


@pytest.fixture
def forker(own_folders: Path) -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(store_path("theremin"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    ) as process:
        yield process
        process.kill()


def test_nothing_that_was_confirmed_is_lost_when_it_is_killed_a_hundred_times(
    forker: subprocess.Popen[str],
) -> None:
    assert forker.stdin
    assert forker.stdout
    path = store_path("theremin")
    confirmed: dict[int, float] = {}
    rng = random.Random(20260301)
    kills_with_takes = 0
    for cycle in range(CYCLES):
        forker.stdin.write("next\n")
        forker.stdin.flush()
        label, worker = forker.stdout.readline().split()
        assert label == "worker"
        before = len(confirmed)
        time.sleep(rng.uniform(0.0, 0.06))  # the random moment: it may still be opening, or writing its tenth take
        os.kill(int(worker), signal.SIGKILL)
        while (line := forker.stdout.readline()) not in ("gone\n", ""):
            take, serial = line.split()
            confirmed[int(take)] = float(serial)
        kills_with_takes += len(confirmed) > before
        if cycle % 10 == 9:
            with open_store(path) as store:
                assert store.note == ""
                assert {take: store.sound(take)["pitch"] for take in confirmed} == confirmed
    assert kills_with_takes > CYCLES / 4, "the kills were not spread over opening and writing"
    assert integrity(path) == "ok"
    with open_store(path) as store:
        found = [info.id for info in store.takes()]
        assert {take: store.sound(take)["pitch"] for take in confirmed} == confirmed
        assert len(found) <= len(confirmed) + CYCLES  # at most the one that was being confirmed
        examples = store.examples(FEATURES, ["pitch"], None)
        rows = {take: int((examples.takes == take).sum()) for take in confirmed}
        assert set(rows.values()) == {ROWS - 1}, "every take is complete"
        assert store.undo()
