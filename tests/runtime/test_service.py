"""Readiness, heart-beats and signals, as systemd's protocol has them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesturesynth.core.environment import SUPERVISED
from gesturesynth.runtime.service import Service


@pytest.fixture
def listener(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    address = own_folders / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(address))
        made.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        yield made


def received(listener: socket.socket) -> list[str]:
    messages = []
    listener.setblocking(False)
    try:
        while True:
            messages.append(listener.recv(4096).decode())
    except BlockingIOError:
        return messages


def test_ready_heart_beat_and_stopping_are_sent_as_systemd_expects(listener: socket.socket) -> None:
    with Service() as service:
        service.ready("playing")
        service.heartbeat()
        service.notify_stopping()
    assert received(listener) == ["READY=1\nSTATUS=playing", "WATCHDOG=1", "STOPPING=1"]


def test_heart_beats_are_sent_at_a_quarter_of_the_watchdogs_interval(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "4000000")
    now_s = 100.0
    monkeypatch.setattr("gesturesynth.runtime.service.time.monotonic", lambda: now_s)
    with Service() as service:
        for _ in range(400):
            service.heartbeat()
            now_s += 0.01
    assert received(listener) == ["WATCHDOG=1"] * 4


def test_a_new_status_is_sent_once_and_no_two_within_a_second(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "4000000000")
    now_s = 100.0
    monkeypatch.setattr("gesturesynth.runtime.service.time.monotonic", lambda: now_s)
    with Service() as service:
        for status in ("live", "live", "waiting", "live", "waiting"):
            service.heartbeat(status)
            now_s += 0.1
        for _ in range(20):
            service.heartbeat("waiting")
            now_s += 0.1
    assert received(listener) == ["WATCHDOG=1\nSTATUS=live", "WATCHDOG=1\nSTATUS=waiting"]


def test_a_watchdog_that_waits_for_another_process_is_not_ours(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "4000000")
    now_s = 100.0
    monkeypatch.setattr("gesturesynth.runtime.service.time.monotonic", lambda: now_s)

    def beats(of: int) -> int:
        nonlocal now_s
        monkeypatch.setenv("WATCHDOG_PID", str(of))
        with Service() as service:
            for _ in range(400):
                service.heartbeat()
                now_s += 0.01
        return len(received(listener))

    assert beats(os.getpid()) == 4
    assert beats(os.getpid() + 1) == 8, "at the rate without a watchdog"


def test_the_watchdog_can_be_extended_and_is_as_before_afterwards(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Service() as service, service.extend_watchdog(30.0):
        pass
    assert received(listener) == [], "there is no watchdog"
    monkeypatch.setenv("WATCHDOG_USEC", "5000000")
    with Service() as service, pytest.raises(KeyError), service.extend_watchdog(30.0):
        raise KeyError
    assert received(listener) == ["WATCHDOG_USEC=30000000\nWATCHDOG=1", "WATCHDOG_USEC=5000000\nWATCHDOG=1"]


def test_the_watchdog_is_extended_while_a_process_stops(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    with Service() as service:
        service.notify_stopping()
    assert received(listener) == ["WATCHDOG_USEC=30000000\nWATCHDOG=1", "STOPPING=1"]


def test_ten_seconds_of_work_reset_the_count_of_failures(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = own_folders / "failures"
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{own_folders}:/somewhere/else")
    now_s = 100.0
    monkeypatch.setattr("gesturesynth.runtime.service.time.monotonic", lambda: now_s)
    failures.write_text("5")
    with Service() as service:
        now_s += 60.0
        service.heartbeat()
        assert failures.exists(), "getting ready is not working yet"
        service.ready("playing")
        now_s += 9.0
        service.heartbeat()
        assert failures.exists()
        now_s += 2.0
        service.heartbeat()
        assert not failures.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_stops_and_afterwards_signals_are_as_before(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Service() as service:
        stopping_before = service.stopping
        os.kill(os.getpid(), number)
        assert (stopping_before, service.stopping) == (False, True)
    assert signal.getsignal(number) is before


def test_a_closed_terminal_ends_what_ran_in_it() -> None:
    with Service() as service:
        os.kill(os.getpid(), signal.SIGHUP)
        assert service.stopping


def test_nohup_is_respected() -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Service() as service:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not service.stopping
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)


def test_for_a_process_that_can_reload_a_hang_up_means_reload() -> None:
    with Service(reloads=True) as service:
        os.kill(os.getpid(), signal.SIGHUP)
        assert service.reload_wanted
        assert not service.stopping


def test_without_a_listener_all_is_silent_and_nothing_fails(monkeypatch: pytest.MonkeyPatch, own_folders: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    with Service() as service:
        service.ready("x")
        service.heartbeat()
    monkeypatch.setenv("NOTIFY_SOCKET", str(own_folders / "missing"))
    with Service() as service:
        service.ready("x")
        service.heartbeat()
        service.notify_stopping()


def test_heart_beats_arrive_after_the_listeners_file_was_removed(listener: socket.socket, own_folders: Path) -> None:
    with Service() as service:
        service.ready("playing")
        (own_folders / "notify").unlink()
        service.heartbeat()
    assert received(listener)[-1] == "WATCHDOG=1"


def test_heart_beats_find_a_listener_that_came_back(listener: socket.socket, own_folders: Path) -> None:
    with Service() as service, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as second:
        service.ready("playing")
        listener.close()
        (own_folders / "notify").unlink()
        service.notify_stopping()  # there is no listener
        second.bind(str(own_folders / "notify"))
        service.notify_stopping()
        assert received(second) == ["STOPPING=1"]


def test_a_status_may_hold_a_file_name_that_is_no_text(listener: socket.socket) -> None:
    with Service() as service:
        service.ready("caf\udce9.mp4")
    assert received(listener) == ["READY=1\nSTATUS=caf?.mp4"]


def test_a_supervised_process_stops_when_its_parent_had_ended_before_it_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SUPERVISED, str(os.getppid() + 1))
    with Service() as service:
        service.heartbeat()
        assert service.stopping


def test_a_supervised_process_stops_when_its_parent_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SUPERVISED, str(os.getppid()))
    with Service() as service:
        service.heartbeat()
        before = service.stopping
        monkeypatch.setattr("gesturesynth.runtime.service.os.getppid", lambda: 1)
        service.heartbeat("another status")
        assert (before, service.stopping) == (False, True)
