"""How tests share a computer: several at a time, a quiet one alone, and none waits without end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.support.turns import Turns

DEADLINE_S = 20.0


def held(
    turns: Turns, pool: ThreadPoolExecutor, *, alone: bool
) -> tuple[threading.Event, Future[None], Callable[[], None]]:
    """Takes a turn in a thread: an event of its begin, its end, and a function that ends it."""
    begun, over = threading.Event(), threading.Event()

    def have() -> None:
        with turns.take(alone=alone):
            begun.set()
            assert over.wait(DEADLINE_S)

    return begun, pool.submit(have), over.set


def test_many_at_a_time_but_a_quiet_one_alone_and_before_those_who_come_later(tmp_path: Path) -> None:
    one, two, three, four = (Turns(tmp_path) for _ in range(4))
    with ThreadPoolExecutor(4) as pool:
        first, _, end_first = held(one, pool, alone=False)
        second, _, end_second = held(two, pool, alone=False)
        assert first.wait(DEADLINE_S)
        assert second.wait(DEADLINE_S)
        quiet, quiet_done, end_quiet = held(three, pool, alone=True)
        assert not quiet.wait(0.1)
        later, later_done, end_later = held(four, pool, alone=False)
        end_first()
        assert not quiet.wait(0.1)
        end_second()
        assert quiet.wait(DEADLINE_S)
        if not later.is_set():  # it asked before the quiet one did, or it waits until the quiet one is over
            assert not later.wait(0.1)
        end_quiet()
        quiet_done.result(DEADLINE_S)
        assert later.wait(DEADLINE_S)
        end_later()
        later_done.result(DEADLINE_S)
