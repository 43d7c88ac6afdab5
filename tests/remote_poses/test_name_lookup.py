"""Names of computers are looked up beside everything else, and come to the right server."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
import zmq

from gesturesynth.remote_poses import remote_tracker
from gesturesynth.remote_poses.addresses import TcpAddress, TrackerAddress
from gesturesynth.remote_poses.name_lookup import NameLookup
from tests.support.remote_poses import new_key, pose_server, poses_within, receiving
from tests.support.waiting import wait_for


def test_a_name_is_as_good_as_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_tracker, "RECONNECT_S", 0.6)
    stage = new_key()
    with pose_server(tmp_path, {"stage": stage.public}) as server:
        named = TrackerAddress("hall", "hall", TcpAddress("localhost", server.address.port), server.own.public)
        with receiving(stage, named) as receiver:
            assert poses_within(receiver, 30.0, 3), "also where the first address of several does not answer"


def test_while_no_name_server_answers_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:  # a fake: a name server that does not answer
        answer.wait(30.0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9480))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(remote_tracker, "RECONNECT_S", -1.0)  # each look makes the socket again
    key = new_key()
    before = threading.active_count()
    with zmq.Context() as context:
        address = TcpAddress("camera.example", 9480)
        tracker = remote_tracker.RemoteTracker(context, TrackerAddress("hall", "hall", address, key.public), key)
        for _ in range(20):
            tracker.poll(0.0)
        assert threading.active_count() <= before + 1, "one question at a time"
        tracker.close()
    names = NameLookup(address)
    names.begin()
    assert names.take() is None
    answer.set()
    wait_for(lambda: names.take() == TcpAddress("127.0.0.1", 9480), "the answer")


def test_several_addresses_take_turns_and_a_name_that_is_unknown_keeps_the_last_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hosts = ["fe80::1%eth0", "::1", "127.0.0.1", "127.0.0.1"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (host, 9480)) for host in hosts])
    names = NameLookup(TcpAddress("camera.example", 9480))
    names.begin()
    wait_for(lambda: names.take() is not None, "an answer")
    taken = [str(names.take()) for _ in range(4)]
    assert sorted(set(taken)) == ["tcp://127.0.0.1:9480", "tcp://[::1]:9480"]
    assert taken[:2] == taken[2:]

    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    names._look_up()
    assert str(names.take()) in taken
