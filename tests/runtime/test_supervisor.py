"""The supervisor: processes that are started again, and log lines that are not lost."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gesturesynth.core import paths
from gesturesynth.runtime.child_process import ChildSpec
from gesturesynth.runtime.supervisor import Supervisor

PRELUDE = """
import os, sys, time
from gesturesynth.runtime.service import Service
with Service() as service:
"""
WORKING = """
    service.ready("working")
    while not service.stopping:
        service.heartbeat()
        time.sleep(0.02)
"""


class SupervisorHarness:
    """A supervisor under test, with the log lines of its children and its own."""

    def __init__(self, *bodies: str, watchdog_s: float = 5.0) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []
        specs = [
            ChildSpec(f"child{i}", [sys.executable, "-c", PRELUDE + body], watchdog_s) for i, body in enumerate(bodies)
        ]
        self.supervisor = Supervisor(specs, self._receive)
        self.on_event: Callable[[str], None] = lambda _: None

    def _receive(self, name: str, fields: Mapping[str, Any]) -> None:
        self.lines.append((name, dict(fields)))
        self.on_event(str(fields["event"]))

    def until(self, condition: Callable[[], bool], limit_s: float = 20.0) -> None:
        deadline_s = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline_s, f"not within {limit_s} s; logged: {self.lines}"
            self.supervisor.poll(0.02)

    def pid(self, name: str) -> int:
        process = self.supervisor.children[name].process
        return process.pid if process else 0

    def ready(self, *names: str) -> bool:
        return all(self.supervisor.children[name].ready for name in names)

    def logged(self, text: str) -> bool:
        return any(text in f"{fields['event']}: {fields.get('message')}" for _, fields in self.lines)


@contextmanager
def supervised(*bodies: str, watchdog_s: float = 5.0) -> Iterator[SupervisorHarness]:
    harness = SupervisorHarness(*bodies, watchdog_s=watchdog_s)
    try:
        yield harness
    finally:
        harness.supervisor.stop()


def test_a_child_that_extends_its_watchdog_is_given_that_time_and_no_more() -> None:
    body = """
    service.ready("working")
    with service.extend_watchdog(30.0):
        time.sleep(1.0)
    service.heartbeat("has loaded")
    time.sleep(3600)
"""
    with supervised(body, watchdog_s=0.5) as harness:
        harness.until(
            lambda: harness.supervisor.children["child0"].status == "has loaded" or harness.logged("has hung")
        )
        assert not harness.logged("has hung")
        harness.until(lambda: harness.logged("process killed: child0 has hung: no heart-beat for 0.5 s"))


def test_a_child_that_starts_again_knows_how_often_and_how_its_last_run_ended() -> None:
    body = """
    pass
with Service(name="counted") as service:
    service.ready(f"{service.stats().restarts}: {service.stats().last_fault}")
    while not service.stopping:
        service.heartbeat()
        time.sleep(0.02)
"""
    with supervised(body, watchdog_s=5.0) as harness:
        child = harness.supervisor.children["child0"]
        harness.until(lambda: child.status == "0: ")
        os.kill(harness.pid("child0"), signal.SIGKILL)
        harness.until(lambda: child.status == "1: ended without a message (signal 9)")
        os.kill(harness.pid("child0"), signal.SIGKILL)
        harness.until(lambda: child.status == "2: ended without a message (signal 9)")
        assert child.restarts == 2


def test_a_killed_child_is_started_again_and_the_others_never_stop() -> None:
    with supervised(WORKING, WORKING) as harness:
        harness.until(lambda: harness.ready("child0", "child1"))
        first, other = harness.pid("child0"), harness.pid("child1")
        os.kill(first, signal.SIGKILL)
        harness.until(lambda: harness.pid("child0") not in (0, first) and harness.ready("child0"))
        assert harness.pid("child1") == other
        assert harness.supervisor.children["child0"].restarts == 1
        assert harness.supervisor.children["child1"].restarts == 0
        assert harness.logged("child0 ended (signal 9); starting it again now")


@pytest.mark.parametrize("hanging", ["time.sleep(100)", "os.kill(os.getpid(), 19)"], ids=["busy", "stopped"])
def test_a_hung_child_is_killed_and_started_again(hanging: str, own_folders: Path) -> None:
    mark = own_folders / "hung-once"
    body = f"""
    service.ready("working")
    if not os.path.exists({str(mark)!r}):
        open({str(mark)!r}, "w").close()
        {hanging}
    while not service.stopping:
        service.heartbeat()
        time.sleep(0.02)
"""
    with supervised(body, watchdog_s=0.5) as harness:
        harness.until(lambda: harness.supervisor.children["child0"].restarts == 1 and harness.ready("child0"))
        assert harness.logged("child0 has hung")


def test_a_child_that_keeps_failing_is_started_again_after_longer_and_longer_pauses() -> None:
    with supervised("    sys.exit(1)") as harness:
        harness.until(lambda: harness.supervisor.children["child0"].restarts == 4)
        pauses = [
            fields["message"].rpartition("starting it ")[2] for name, fields in harness.lines if name == "supervisor"
        ]
        assert pauses == ["again now", "again in 0.2 s", "again in 1 s", "again in 2 s"]
        assert harness.supervisor.refused is None


def test_a_childs_user_error_ends_the_run_instead_of_being_repeated() -> None:
    with supervised("    print('no such file', file=sys.stderr); sys.exit(2)", WORKING) as harness:
        harness.until(lambda: harness.supervisor.refused is not None)
        assert harness.supervisor.refused == 2
        assert harness.logged("no such file")
        for _ in range(5):
            harness.supervisor.poll(0.02)
        assert harness.supervisor.children["child0"].restarts == 0


def test_log_lines_arrive_as_fields_and_other_text_as_it_is_to_the_last_line() -> None:
    body = """
    print('{"event": "camera opened", "level": "info", "fps": 30}', file=sys.stderr)
    print("W0000 native noise", file=sys.stderr)
    sys.stderr.write("last line without an end of line")
    sys.exit(1)
"""
    with supervised(body) as harness:
        harness.until(lambda: harness.supervisor.children["child0"].restarts >= 1)
    assert ("child0", {"event": "camera opened", "level": "info", "fps": 30}) in harness.lines
    assert ("child0", {"event": "W0000 native noise", "level": "warning"}) in harness.lines
    assert ("child0", {"event": "last line without an end of line", "level": "warning"}) in harness.lines


def test_stop_leaves_no_process_and_no_socket_behind() -> None:
    ignoring = """
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    service.ready("ignores SIGTERM")
    while True:
        service.heartbeat()
        time.sleep(0.02)
"""
    with supervised(WORKING, ignoring) as harness:
        harness.until(lambda: harness.ready("child0", "child1"))
        pids = [harness.pid("child0"), harness.pid("child1")]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert harness.logged("child1 did not stop within 5 s")
    assert not harness.logged("child0 did not stop")
    assert not (paths.runtime_dir() / "supervisor").exists()


def test_a_supervisor_that_was_held_up_itself_kills_no_child() -> None:
    body = """
    service.ready("working")
    print("a line", file=sys.stderr, flush=True)
""" + WORKING.partition("\n")[2].partition("\n")[2]
    with supervised(body, watchdog_s=0.5) as harness:
        # As a terminal that was stopped with Ctrl-S, or a whole computer that was asleep.
        harness.on_event = lambda event: time.sleep(1.5 if event == "a line" else 0.0)
        harness.until(lambda: harness.logged("a line"))
        harness.until(after(1.0))
        assert harness.supervisor.children["child0"].restarts == 0


def test_a_child_that_cannot_be_started_now_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    with supervised(WORKING, WORKING) as harness:
        harness.until(lambda: harness.ready("child0", "child1"))
        with monkeypatch.context() as patch:
            patch.setattr(subprocess, "Popen", no_memory)
            os.kill(harness.pid("child0"), signal.SIGKILL)
            harness.until(lambda: harness.supervisor.children["child0"].restarts >= 2)
        harness.until(lambda: harness.ready("child0"))
        assert harness.logged("child0 cannot be started ([Errno 12] Cannot allocate memory); starting it again in")
        assert harness.supervisor.children["child1"].restarts == 0


def test_it_goes_on_when_the_runtime_folder_was_removed() -> None:
    with supervised(WORKING, watchdog_s=0.5) as harness:
        harness.until(lambda: harness.ready("child0"))
        shutil.rmtree(paths.runtime_dir())
        harness.until(after(1.0))
        assert harness.supervisor.children["child0"].restarts == 0
        os.kill(harness.pid("child0"), signal.SIGKILL)
        harness.until(lambda: harness.supervisor.children["child0"].restarts == 1 and harness.ready("child0"))
        harness.until(after(1.0))
        assert harness.supervisor.children["child0"].restarts == 1


def test_stop_ends_also_when_a_child_cannot_be_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesturesynth.runtime.supervisor.STOP_LIMIT_S", 0.2)
    monkeypatch.setattr("gesturesynth.runtime.supervisor.KILL_LIMIT_S", 0.2)
    with supervised(WORKING) as harness:
        harness.until(lambda: harness.ready("child0"))
        process = harness.supervisor.children["child0"].process
        assert process is not None
        with monkeypatch.context() as patch:
            patch.setattr(process, "send_signal", lambda _number: None)
            harness.supervisor.stop()
        assert harness.logged("child0 cannot be ended")
        process.kill()
        process.wait()


def after(by_s: float) -> Callable[[], bool]:
    """A condition that becomes true after so many seconds."""
    end_s = time.monotonic() + by_s
    return lambda: time.monotonic() > end_s


def test_children_end_when_their_supervisor_is_killed(own_folders: Path) -> None:
    pid_file = own_folders / "pid"
    body = f"    open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n" + WORKING
    script = (
        "import sys, time\n"
        "from gesturesynth.runtime.child_process import ChildSpec\n"
        "from gesturesynth.runtime.supervisor import Supervisor\n"
        f"s = Supervisor([ChildSpec('child', [sys.executable, '-c', {PRELUDE + body!r}], 2.0)], lambda *a: None)\n"
        "while not s.children['child'].ready: s.poll(0.05)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=30).returncode == -9
    child = int(pid_file.read_text())
    deadline_s = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split(")")[1]:
        assert time.monotonic() < deadline_s, "the child outlived its supervisor"
        time.sleep(0.05)
