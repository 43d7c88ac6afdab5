"""What the supervisor gives its user: processes that come back, and words that are not lost."""

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

pytestmark = pytest.mark.slow("child processes")

PRELUDE = """
import os, sys, time
from gesturesynth.runtime.service import Service
with Service() as service:
"""
WORKING = """
    service.ready("working")
    while not service.stopping:
        service.beat()
        time.sleep(0.02)
"""


class Stage:
    """A supervisor under test, with what its children said."""

    def __init__(self, *bodies: str, watchdog_s: float = 5.0) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []
        specs = [
            ChildSpec(f"child{i}", [sys.executable, "-c", PRELUDE + body], watchdog_s) for i, body in enumerate(bodies)
        ]
        self.supervisor = Supervisor(specs, self._keep)
        self.writing: Callable[[str], None] = lambda _: None

    def _keep(self, name: str, fields: Mapping[str, Any]) -> None:
        self.lines.append((name, dict(fields)))
        self.writing(str(fields["event"]))

    def until(self, condition: Callable[[], bool], limit_s: float = 20.0) -> None:
        deadline_s = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < deadline_s, f"waited {limit_s} s in vain; said: {self.lines}"
            self.supervisor.poll(0.02)

    def pid(self, name: str) -> int:
        process = self.supervisor.children[name].process
        return process.pid if process else 0

    def ready(self, *names: str) -> bool:
        return all(self.supervisor.children[name].ready for name in names)

    def said(self, text: str) -> bool:
        return any(text in str(fields.get("event")) for _, fields in self.lines)


@contextmanager
def playing(*bodies: str, watchdog_s: float = 5.0) -> Iterator[Stage]:
    stage = Stage(*bodies, watchdog_s=watchdog_s)
    try:
        yield stage
    finally:
        stage.supervisor.stop()


def test_a_child_that_says_that_it_needs_long_is_given_the_time_and_no_more() -> None:
    body = """
    service.ready("working")
    with service.patience(30.0):
        time.sleep(1.0)
    service.beat("has loaded")
    time.sleep(3600)
"""
    with playing(body, watchdog_s=0.5) as stage:
        stage.until(lambda: stage.supervisor.children["child0"].status == "has loaded" or stage.said("has hung"))
        assert not stage.said("has hung")
        stage.until(lambda: stage.said("has hung (no sign of life for 0.5 s)"))


def test_a_child_that_starts_again_knows_how_often_and_what_became_of_the_last_one() -> None:
    body = """
    pass
with Service(name="counted") as service:
    service.ready(f"{service.life().restarts}: {service.life().last_fault}")
    while not service.stopping:
        service.beat()
        time.sleep(0.02)
"""
    with playing(body, watchdog_s=5.0) as stage:
        child = stage.supervisor.children["child0"]
        stage.until(lambda: child.status == "0: ")
        os.kill(stage.pid("child0"), signal.SIGKILL)
        stage.until(lambda: child.status == "1: ended without a word (signal 9)")
        os.kill(stage.pid("child0"), signal.SIGKILL)
        stage.until(lambda: child.status == "2: ended without a word (signal 9)")
        assert child.restarts == 2


def test_a_killed_child_comes_back_and_the_others_never_stop() -> None:
    with playing(WORKING, WORKING) as stage:
        stage.until(lambda: stage.ready("child0", "child1"))
        first, other = stage.pid("child0"), stage.pid("child1")
        os.kill(first, signal.SIGKILL)
        stage.until(lambda: stage.pid("child0") not in (0, first) and stage.ready("child0"))
        assert stage.pid("child1") == other
        assert stage.supervisor.children["child0"].restarts == 1
        assert stage.supervisor.children["child1"].restarts == 0
        assert stage.said("child0 ended (signal 9); starting it again now")


@pytest.mark.parametrize("hanging", ["time.sleep(100)", "os.kill(os.getpid(), 19)"], ids=["busy", "stopped"])
def test_a_hung_child_is_ended_and_comes_back(hanging: str, own_folders: Path) -> None:
    mark = own_folders / "hung-once"
    body = f"""
    service.ready("working")
    if not os.path.exists({str(mark)!r}):
        open({str(mark)!r}, "w").close()
        {hanging}
    while not service.stopping:
        service.beat()
        time.sleep(0.02)
"""
    with playing(body, watchdog_s=0.5) as stage:
        stage.until(lambda: stage.supervisor.children["child0"].restarts == 1 and stage.ready("child0"))
        assert stage.said("child0 has hung")


def test_a_child_that_keeps_failing_is_tried_for_ever_at_a_slower_and_slower_pace() -> None:
    with playing("    sys.exit(1)") as stage:
        stage.until(lambda: stage.supervisor.children["child0"].restarts == 4)
        pauses = [fields["event"].rpartition("starting it ")[2] for name, fields in stage.lines if name == "supervisor"]
        assert pauses == ["again now", "again in 0.2 s", "again in 1 s", "again in 2 s"]
        assert stage.supervisor.refused is None


def test_a_childs_user_error_ends_the_run_instead_of_being_repeated() -> None:
    with playing("    print('no such file', file=sys.stderr); sys.exit(2)", WORKING) as stage:
        stage.until(lambda: stage.supervisor.refused is not None)
        assert stage.supervisor.refused == 2
        assert stage.said("no such file")
        for _ in range(5):
            stage.supervisor.poll(0.02)
        assert stage.supervisor.children["child0"].restarts == 0


def test_log_lines_arrive_as_fields_and_other_words_as_they_are_to_the_last_one() -> None:
    body = """
    print('{"event": "camera opened", "level": "info", "fps": 30}', file=sys.stderr)
    print("W0000 native noise", file=sys.stderr)
    sys.stderr.write("last words without an end of line")
    sys.exit(1)
"""
    with playing(body) as stage:
        stage.until(lambda: stage.supervisor.children["child0"].restarts >= 1)
    assert ("child0", {"event": "camera opened", "level": "info", "fps": 30}) in stage.lines
    assert ("child0", {"event": "W0000 native noise", "level": "warning"}) in stage.lines
    assert ("child0", {"event": "last words without an end of line", "level": "warning"}) in stage.lines


def test_stop_leaves_no_process_and_no_socket_behind() -> None:
    stubborn = """
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    service.ready("will not go")
    while True:
        service.beat()
        time.sleep(0.02)
"""
    with playing(WORKING, stubborn) as stage:
        stage.until(lambda: stage.ready("child0", "child1"))
        pids = [stage.pid("child0"), stage.pid("child1")]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert stage.said("child1 did not stop within 5 s")
    assert not stage.said("child0 did not stop")
    assert not (paths.runtime_dir() / "supervisor").exists()


def test_a_supervisor_that_was_held_up_itself_blames_no_child() -> None:
    body = """
    service.ready("working")
    print("a word", file=sys.stderr, flush=True)
""" + WORKING.partition("\n")[2].partition("\n")[2]
    with playing(body, watchdog_s=0.5) as stage:
        # As a terminal that was stopped with Ctrl-S, or a whole computer that was asleep.
        stage.writing = lambda event: time.sleep(1.5 if event == "a word" else 0.0)
        stage.until(lambda: stage.said("a word"))
        stage.until(stage_is_older(stage, 1.0))
        assert stage.supervisor.children["child0"].restarts == 0


def test_a_child_that_cannot_be_started_now_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    with playing(WORKING, WORKING) as stage:
        stage.until(lambda: stage.ready("child0", "child1"))
        with monkeypatch.context() as patch:
            patch.setattr(subprocess, "Popen", no_memory)
            os.kill(stage.pid("child0"), signal.SIGKILL)
            stage.until(lambda: stage.supervisor.children["child0"].restarts >= 2)
        stage.until(lambda: stage.ready("child0"))
        assert stage.said("child0 cannot be started ([Errno 12] Cannot allocate memory); starting it again in")
        assert stage.supervisor.children["child1"].restarts == 0


def test_it_goes_on_when_somebody_cleans_the_runtime_folder_away() -> None:
    with playing(WORKING, watchdog_s=0.5) as stage:
        stage.until(lambda: stage.ready("child0"))
        shutil.rmtree(paths.runtime_dir())
        stage.until(stage_is_older(stage, 1.0))
        assert stage.supervisor.children["child0"].restarts == 0
        os.kill(stage.pid("child0"), signal.SIGKILL)
        stage.until(lambda: stage.supervisor.children["child0"].restarts == 1 and stage.ready("child0"))
        stage.until(stage_is_older(stage, 1.0))
        assert stage.supervisor.children["child0"].restarts == 1


def test_stop_ends_also_when_the_kernel_will_not_let_go_of_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesturesynth.runtime.supervisor.STOP_LIMIT_S", 0.2)
    monkeypatch.setattr("gesturesynth.runtime.supervisor.KILL_LIMIT_S", 0.2)
    with playing(WORKING) as stage:
        stage.until(lambda: stage.ready("child0"))
        process = stage.supervisor.children["child0"].process
        assert process is not None
        with monkeypatch.context() as patch:
            patch.setattr(process, "send_signal", lambda _number: None)
            stage.supervisor.stop()
        assert stage.said("child0 cannot be ended")
        process.kill()
        process.wait()


def stage_is_older(stage: Stage, by_s: float) -> Callable[[], bool]:
    """True once the stage has been stepped for so long."""
    end_s = time.monotonic() + by_s
    return lambda: time.monotonic() > end_s


def test_children_leave_when_their_supervisor_is_killed(own_folders: Path) -> None:
    pid_file = own_folders / "pid"
    body = f"    open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n" + WORKING
    script = (
        "import sys, time\n"
        "from gesturesynth.runtime.child_process import ChildSpec\n"
        "from gesturesynth.runtime.supervisor import Supervisor\n"
        f"s = Supervisor([ChildSpec('child', [sys.executable, '-c', {PRELUDE + body!r}], 2.0)], lambda *a: None)\n"
        "while not s.children['child'].ready: s.step(0.05)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=30).returncode == -9
    child = int(pid_file.read_text())
    deadline_s = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split(")")[1]:
        assert time.monotonic() < deadline_s, "the child outlived its supervisor"
        time.sleep(0.05)
