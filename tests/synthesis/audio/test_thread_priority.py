"""The priority of the thread that builds, in real processes: the test's own thread must not keep it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest

CODE = """
import json, os, resource, sys, threading
from gesturesynth.synthesis.audio.thread_priority import make_realtime
if sys.argv[1:]:
    resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
    os.setuid(int(sys.argv[1]))
reason = make_realtime()
mine = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
others = []
thread = threading.Thread(target=lambda: others.append(os.sched_getscheduler(0)))
thread.start()
thread.join()
print(json.dumps([reason, *mine, *others]))
"""
OTHER_USER = 65534


def answer(*arguments: str) -> list[object]:
    done = subprocess.run([sys.executable, "-c", CODE, *arguments], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


@pytest.mark.skipif(
    os.geteuid() != 0 and resource.getrlimit(resource.RLIMIT_RTPRIO)[1] < 1, reason="this user may have no realtime"
)
def test_the_thread_that_builds_is_realtime_and_those_that_it_starts_are_not() -> None:
    reason, policy, priority, of_thread = answer()
    assert reason == ""
    assert (policy, priority) == (os.SCHED_RR | os.SCHED_RESET_ON_FORK, 1)
    assert of_thread == os.SCHED_OTHER


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user who may not")
def test_a_user_who_may_not_keeps_the_ordinary_priority_and_is_told_why() -> None:
    reason, policy, _, of_thread = answer(str(OTHER_USER))
    assert reason == "Operation not permitted"
    assert (policy, of_thread) == (os.SCHED_OTHER, os.SCHED_OTHER)
