"""The process `actions`: a real one, with messages as the conductor sends them, a real web server and a real socket."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import zmq
from pythonosc.osc_message import OscMessage

from gesturesynth.actions.http.addresses import web_address
from gesturesynth.actions.http.request import WebRequest
from gesturesynth.actions.http.workers import STALE_S, RequestWorkers
from gesturesynth.actions.process import OSC_RATE_HZ, ActionRunner, ActionsSettings
from gesturesynth.runtime import restart_history
from gesturesynth.runtime.action_message import (
    ActionEvent,
    ActionSetup,
    ActionsMessage,
    HttpAction,
    KeyAction,
    OscAction,
)
from gesturesynth.runtime.pubsub import OnDemandPublisher
from tests.support.piece_states import state, voice
from tests.support.waiting import wait_for

UP = (ActionEvent("entered", "up"),)


def entered(count: int, time_s: float, *actions: ActionSetup) -> ActionsMessage:
    return ActionsMessage(state(time_s, voice(entered={"up": count})), actions)


@pytest.fixture
def server() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A web server on this computer; its port, and the requests it has got."""
    got: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening.server_address[1], got
        listening.shutdown()
        thread.join()


def test_a_preset_is_carried_out_from_message_to_socket(
    own_folders: Path, server: tuple[int, list[tuple[str, str]]], tmp_path: Path
) -> None:
    port, got = server
    config = tmp_path / "gesturesynth.yaml"
    config.write_text(f"actions: {{http: ['http://127.0.0.1:{port}/hook']}}\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lamp, zmq.Context() as context:
        lamp.bind(("127.0.0.1", 0))
        lamp.settimeout(10)
        osc = OscAction("127.0.0.1", lamp.getsockname()[1], "/lamp", ("{pitch}",))
        hook = HttpAction(f"http://127.0.0.1:{port}/hook?x={{body.x}}", "POST", '{"pitch": {pitch}}')
        other = HttpAction(f"http://127.0.0.1:{port}/other")
        actions = (
            ActionSetup("lamp", UP, (osc, hook), 0.05),
            ActionSetup("bad", UP, (other,), 0.05),
            ActionSetup("slide", UP, (KeyAction("RIGHT"),), 0.05),
        )
        publisher = OnDemandPublisher(context, ActionsMessage)
        process = subprocess.Popen(
            [sys.executable, "-m", "gesturesynth", "actions", "--json", "--config", str(config)],
            stderr=subprocess.PIPE,
        )
        try:
            wait_for(lambda: publisher.wanted, "the subscription")
            publisher.send(entered(4, 0.0, *actions))
            sent = iter(range(1, 1000))

            def answered() -> bool:
                """The first message may be lost, so the count grows until it is heard."""
                number = next(sent)
                publisher.send(entered(4 + number, 0.1 * number, *actions))
                return bool(got)

            wait_for(answered, "the request")
            assert OscMessage(lamp.recv(1000)).params == [440.0]
            assert got[0] == ("/hook?x=0.25", '{"pitch": 440}')

            def notes() -> tuple[str, ...]:
                record = restart_history.read(own_folders / "runtime", "actions")
                return record.notes if record else ()

            wait_for(lambda: len(notes()) == 2, "what is not allowed")
            assert any(
                "'bad' fails" in note and f"does not allow http://127.0.0.1:{port}/other" in note for note in notes()
            )
            assert any("'slide' presses a key" in note for note in notes())
        finally:
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=10)
            publisher.close()
        assert process.returncode == 0
        events = [json.loads(line)["event"] for line in said.splitlines()]
        assert events.count("action failed") == 1, "once a minute at most"


def test_a_flood_ends_at_the_limits_and_nothing_queues_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lamp:
        lamp.bind(("127.0.0.1", 0))
        osc = OscAction("127.0.0.1", lamp.getsockname()[1], "/lamp")
        asked = HttpAction("http://127.0.0.1:1/")
        actions = [ActionSetup(f"a{number}", UP, (osc, asked), 0.05) for number in range(32)]
        runner = ActionRunner(ActionsSettings([web_address("http://127.0.0.1:1/")], rate_hz=2.0))
        for step in range(20):  # a second's worth in one
            runner.step(entered(step, 0.1 * step, *actions), 5.0)
        assert runner.failures.done == OSC_RATE_HZ
        assert runner.failures.left_out == 2 * 19 * 32 - OSC_RATE_HZ - 2
        assert runner.failures.failed == 0
        assert f"{runner.failures.left_out} left out" in runner.status
        assert len(runner.notes) <= 4
        runner.close()


def test_another_preset_begins_without_the_failures_of_the_one_before() -> None:
    runner = ActionRunner(ActionsSettings())
    action = ActionSetup("bad", UP, (HttpAction("http://127.0.0.1:1/"),), 0.05)
    runner.step(entered(0, 0.0, action), 0.0)
    runner.step(entered(1, 0.1, action), 0.1)
    assert "actions.http" in runner.notes[0]
    assert "1 failed" in runner.status
    runner.step(ActionsMessage(state(0.2, changes=2)), 0.2)
    assert runner.notes == ()
    assert runner.status == "no preset with actions plays"
    runner.close()


def test_a_web_request_that_fails_stays_said_while_the_message_beside_it_is_sent() -> None:
    both = ActionSetup("both", UP, (HttpAction("http://127.0.0.1:1/"), OscAction("127.0.0.1", 9, "/lamp")), 0.05)
    runner = ActionRunner(ActionsSettings())
    runner.step(entered(0, 0.0, both), 0.0)
    runner.step(entered(1, 0.1, both), 0.1)
    assert runner.failures.done == 1
    assert "`actions.http`" in runner.notes[0]
    runner.close()


def test_what_fails_after_its_preset_has_ended_is_counted_and_not_said() -> None:
    answers = threading.Event()

    def send(_: WebRequest) -> str:
        answers.wait(10)
        return "no"

    workers = RequestWorkers((), send)
    runner = ActionRunner(ActionsSettings([web_address("http://127.0.0.1:1/")]), workers)
    action = ActionSetup("lamp", UP, (HttpAction("http://127.0.0.1:1/"),), 0.05)
    runner.step(entered(0, 0.0, action), 0.0)
    runner.step(entered(1, 0.1, action), time.monotonic())
    runner.step(ActionsMessage(state(0.2, changes=2)), time.monotonic())
    answers.set()

    def counted() -> bool:
        runner.poll(time.monotonic())
        return runner.failures.failed == 1

    wait_for(counted, "the failure")
    assert runner.notes == ()
    runner.close()


def test_a_server_that_is_too_slow_for_all_requests_is_said() -> None:
    runner = ActionRunner(ActionsSettings([web_address("http://127.0.0.1:1/")]))
    action = ActionSetup("lamp", UP, (HttpAction("http://127.0.0.1:1/"),), 0.05)
    began_s = time.monotonic() - STALE_S - 1.0
    runner.step(entered(0, 0.0, action), began_s)
    runner.step(entered(1, 0.1, action), began_s)

    def said() -> bool:
        runner.poll(began_s)
        return bool(runner.notes)

    wait_for(said, "the sentence")
    assert "is busy with what was asked before" in runner.notes[0]
    assert runner.failures.left_out == 1
    runner.close()
