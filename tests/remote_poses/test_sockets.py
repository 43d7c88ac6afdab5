"""Both ends over real, encrypted sockets: who gets poses, who gets none, and what comes back by itself."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import zmq

from gesturesynth.remote_poses import pose_server as server_module
from gesturesynth.remote_poses import remote_tracker, wire
from gesturesynth.remote_poses.addresses import TcpAddress, TrackerAddress, parse_address
from gesturesynth.remote_poses.allowed_keys import AllowedKeysFile
from gesturesynth.remote_poses.keys import OwnKey, z85_encoded
from gesturesynth.remote_poses.receiver import PoseReceiver
from gesturesynth.runtime.played_pose import PlayedPose
from gesturesynth.runtime.pubsub import Subscriber
from tests.support.remote_poses import (
    LOCALHOST,
    ServerInThread,
    body,
    new_key,
    pose,
    pose_server,
    poses_within,
    receiving,
    write_allowed,
)
from tests.support.waiting import wait_for


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds in a gallery takes tenths here."""
    monkeypatch.setattr(remote_tracker, "RECONNECT_S", 0.6)
    monkeypatch.setattr(remote_tracker, "SILENT_S", 0.4)
    monkeypatch.setattr(server_module, "KEYS_CHECKED_S", 0.05)
    monkeypatch.setattr(server_module, "LEASE_S", 1.0)


def state_of(receiver: PoseReceiver) -> str:
    return receiver.readings[0].state if receiver.readings else ""


def test_an_allowed_key_gets_poses_with_times_of_its_own_clock(tmp_path: Path) -> None:
    stage = new_key()
    with pose_server(tmp_path, {"stage": stage.public}) as server, receiving(stage, server.tracker()) as receiver:
        received = poses_within(receiver, 30.0, 40)
        now_s = time.monotonic()
        assert len(received) == 40
        assert all(before.capture_time_s < after.capture_time_s for before, after in pairwise(received))
        assert received[-1].bodies == (body(),)
        with zmq.Context() as context:
            page = Subscriber(context, PlayedPose)  # as the page receives it
            wait_for(lambda: (shown := page.newest(0.05)) is not None and bool(shown.bodies), "what is played")
            page.close()
        wait_for(lambda: server.server.receivers == ("stage",), "the receiver's name")
        wait_for(lambda: state_of(receiver) == "live", "the state")
        (reading,) = receiver.readings
        assert abs(reading.offset_ms) <= reading.error_ms, "both ends have one clock here"
        assert received[-1].capture_time_s <= now_s
        assert (reading.used, reading.people, sum(reading.dropped.values())) == (True, 1, 0)


def test_an_unknown_key_gets_nothing_until_it_is_allowed_and_again_once_it_is_forgotten(tmp_path: Path) -> None:
    stage, other = new_key(), new_key()
    with pose_server(tmp_path, {"other": other.public}) as server, receiving(stage, server.tracker()) as receiver:
        wait_for(lambda: state_of(receiver) == "refused", "a refusal")
        assert receiver.newest() is None
        write_allowed(tmp_path / "allowed", {"other": other.public, "stage": stage.public})
        assert poses_within(receiver, 30.0, 3), "it comes back by itself"
        write_allowed(tmp_path / "allowed", {"other": other.public})
        wait_for(lambda: state_of(receiver) in ("silent", "refused"), "that it was cut off")
        receiver.newest()
        assert not poses_within(receiver, 0.5)
        assert server.server.receivers == ()


def test_a_server_with_another_key_than_the_settings_say_is_not_believed(tmp_path: Path) -> None:
    stage = new_key()
    with (
        pose_server(tmp_path, {"stage": stage.public}) as server,
        receiving(stage, server.tracker(new_key().public)) as receiver,
    ):
        wait_for(lambda: state_of(receiver) == "wrong key", "the state")
        assert receiver.newest() is None
        assert server.server.receivers == ()


def connection(
    context: zmq.Context[zmq.Socket[bytes]], server: ServerInThread, own: OwnKey | None
) -> zmq.Socket[bytes]:
    """A client of its own, with or without encryption."""
    socket = context.socket(zmq.DEALER)
    socket.set(zmq.LINGER, 0)
    if own:
        socket.set(zmq.CURVE_SECRETKEY, own.secret)
        socket.set(zmq.CURVE_PUBLICKEY, z85_encoded(own.public))
        socket.set(zmq.CURVE_SERVERKEY, z85_encoded(server.own.public))
    socket.connect(str(server.address))
    return socket


def test_without_encryption_nothing_is_given(tmp_path: Path) -> None:
    with pose_server(tmp_path, {"stage": new_key().public}) as server, zmq.Context() as context:
        with connection(context, server, None) as plain:
            plain.send(wire.encode(wire.Report(wire.VERSION, 1, 0, 0)))
            assert not plain.poll(600)
        assert server.server.receivers == ()


def test_without_the_authenticator_nothing_connects(tmp_path: Path) -> None:
    stage = new_key()
    with pose_server(tmp_path, {"stage": stage.public}) as server, zmq.Context() as context:
        server.server.authenticator.socket.close()  # as if it had died
        server.server.authenticator.poll = lambda: None  # type: ignore[method-assign]  # its socket is closed
        with connection(context, server, stage) as socket:
            socket.send(wire.encode(wire.Report(wire.VERSION, 1, 0, 0)))
            assert not socket.poll(600)
        assert server.server.receivers == ()


def test_a_receiver_with_a_key_cannot_flood_or_confuse_the_server(tmp_path: Path) -> None:
    stage, hostile = new_key(), new_key()
    allowed = {"stage": stage.public, "hostile": hostile.public}
    with (
        pose_server(tmp_path, allowed) as server,
        receiving(stage, server.tracker()) as receiver,
        zmq.Context() as context,
    ):
        assert poses_within(receiver, 30.0, 1)
        with connection(context, server, hostile) as socket:
            socket.set(zmq.SNDTIMEO, 50)
            reports = [wire.encode(wire.Report(wire.VERSION, number, 0, 0)) for number in range(1, 400)]
            bad = [b"", b"\xc1" * 60, b"x" * 65, wire.encode(wire.Report(9, 1, 0, 0)), reports[0], reports[0]]
            for data in [*bad, *reports * 5]:
                try:
                    socket.send(data)
                except zmq.Again:
                    break  # it waits, as it should
            wait_for(lambda: {"malformed", "oversized", "version", "too many"} <= server.server.counts.keys(), "counts")
            assert poses_within(receiver, 30.0, 20), "the other receiver notices nothing"
        assert "unsent" not in server.server.counts


def test_an_oversized_message_ends_its_own_connection_only(tmp_path: Path) -> None:
    stage, hostile = new_key(), new_key()
    allowed = {"stage": stage.public, "hostile": hostile.public}
    with (
        pose_server(tmp_path, allowed) as server,
        receiving(stage, server.tracker()) as receiver,
        zmq.Context() as context,
    ):
        with connection(context, server, hostile) as socket:
            socket.send(b"x" * 100_000)
            assert poses_within(receiver, 30.0, 20)
        assert "hostile" not in server.server.receivers


class HostileServer:
    """A pose server whose key is trusted, and which sends what a test wants."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.own = new_key()
        self.socket = context.socket(zmq.ROUTER)
        self.socket.set(zmq.LINGER, 0)
        self.socket.set(zmq.CURVE_SERVER, 1)
        self.socket.set(zmq.CURVE_SECRETKEY, self.own.secret)
        self.socket.set(zmq.SNDTIMEO, 20)
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.address = TcpAddress("127.0.0.1", port)
        self.number = 0

    def delivery(self, report: wire.Report, **changes: object) -> wire.Delivery:
        self.number += 1
        now_s = time.monotonic()
        good = wire.Delivery(
            wire.VERSION, 7, self.number, now_s, report.number, now_s, "live", pose(now_s, self.number, body())
        )
        return msgspec.structs.replace(good, **changes)


def test_a_tracker_with_a_key_cannot_do_more_than_send_poses() -> None:
    own = new_key()
    with zmq.Context() as context:
        hostile = HostileServer(context)
        tracker = TrackerAddress("hall", "hall", hostile.address, hostile.own.public)
        with receiving(own, tracker) as receiver, hostile.socket:
            routing_id, data = hostile.socket.recv_multipart()
            report = wire.decode_report(data)
            good = hostile.delivery(report)
            hostile.socket.send_multipart([routing_id, wire.encode(good)])
            assert poses_within(receiver, 30.0, 1)
            later_s = time.monotonic() + 60.0
            old = pose(time.monotonic() - 5.0, 3, body())
            nan = pose(time.monotonic(), 4, msgspec.structs.replace(body(), image=b"\x00\x00\xc0\x7f" * 132))
            parts = [
                wire.encode(good),  # repeated
                wire.encode(hostile.delivery(report, pose=pose(later_s, 2, body()))),
                wire.encode(hostile.delivery(report, pose=old)),
                wire.encode(hostile.delivery(report, pose=nan)),
                wire.encode(hostile.delivery(report, version=2)),
                wire.encode(hostile.delivery(report, session=8)),
                b"\xc1",
            ]
            for part in parts:
                hostile.socket.send_multipart([routing_id, part])
            hostile.socket.send_multipart([routing_id, b"two", b"parts"])
            for _ in range(3000):
                try:
                    hostile.socket.send_multipart([routing_id, wire.encode(hostile.delivery(report))], zmq.NOBLOCK)
                except zmq.Again:
                    break
            wanted = {"repeated", "impossible time", "malformed", "version", "too many sessions"}
            wait_for(lambda: wanted <= receiver.readings[0].dropped.keys(), "what was dropped, by its reason")
            assert not any(p.capture_time_s > time.monotonic() for p in poses_within(receiver, 0.3))


def test_a_server_that_begins_again_is_received_again(tmp_path: Path) -> None:
    stage = new_key()
    with pose_server(tmp_path, {"stage": stage.public}) as first, receiving(stage, first.tracker()) as receiver:
        assert poses_within(receiver, 30.0, 2)
        key, address = first.own, first.address
        first.close()
        wait_for(lambda: state_of(receiver) == "silent", "that it has gone")
        with zmq.Context() as context:
            second = ServerInThread(context, tmp_path / "allowed", address, key)
            try:
                receiver.newest()
                assert poses_within(receiver, 30.0, 2)
            finally:
                second.close()


def test_an_address_of_another_program_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pose_server(tmp_path, {}) as first, zmq.Context() as context:
        for _ in range(3):
            with pytest.raises(OSError, match="in use"):
                ServerInThread(context, tmp_path / "allowed", first.address)
        first.close()
        wait_for(lambda: _free(first.address), "the address")
        ServerInThread(context, tmp_path / "allowed", first.address).close()


def _free(address: TcpAddress) -> bool:
    try:
        server_module._listening(address).close()
    except OSError:
        return False
    return True


def test_looking_for_messages_costs_nothing_of_what_may_be_read(tmp_path: Path) -> None:
    now_s = time.monotonic() - 1.0  # the time stands still
    with zmq.Context() as context:
        server = server_module.PoseServer(context, LOCALHOST, new_key(), AllowedKeysFile(tmp_path / "allowed"))
        tracker = TrackerAddress("hall", "hall", parse_address(server.endpoint), new_key().public)
        server.publish(msgspec.structs.replace(pose(now_s, 1, body()), inputs={"phone": (0.5,)}))
        assert server._pose == pose(now_s, 1, body()), "inputs of a recording stay here"
        remote = remote_tracker.RemoteTracker(context, tracker, new_key())
        for _ in range(300):  # as often as seven other trackers wake the thread of all
            remote.poll(now_s)
            server.step("live", now_s)
        assert remote.may_read(now_s)
        assert server.wants_reports(now_s)
        remote.close()
        server.close()


def test_one_computer_cannot_take_the_places_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "LEASE_S", 60.0)
    greedy, stage = new_key(), new_key()
    with (
        pose_server(tmp_path, {"greedy": greedy.public, "stage": stage.public}) as server,
        zmq.Context() as context,
    ):
        sockets = [connection(context, server, greedy) for _ in range(server_module.MOST_RECEIVERS + 4)]
        for socket in sockets:
            socket.send(wire.encode(wire.Report(wire.VERSION, 1, 0, 0)))
        most = server_module.MOST_RECEIVERS + 4 - server_module.MOST_OF_A_KEY
        wait_for(lambda: server.server.counts["too many receivers"] >= most, "refusals")
        with receiving(stage, server.tracker()) as receiver:
            assert poses_within(receiver, 20.0, 3), "within the lease of the others"
        for socket in sockets:
            socket.close()


def test_a_program_that_is_started_again_and_again_is_let_in_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "LEASE_S", 60.0)
    stage = new_key()
    with pose_server(tmp_path, {"stage": stage.public}) as server:
        for _ in range(server_module.MOST_OF_A_KEY + 2):
            with receiving(stage, server.tracker()) as receiver:
                assert poses_within(receiver, 20.0, 1)


def test_a_pose_of_former_times_is_not_kept_for_who_comes_later(tmp_path: Path) -> None:
    stage = new_key()
    with pose_server(tmp_path, {"stage": stage.public}) as server:
        server.publishing = False
        time.sleep(server_module.HELD_S + 0.1)
        with receiving(stage, server.tracker()) as receiver:
            wait_for(lambda: state_of(receiver) == "live", "a connection")
            assert not poses_within(receiver, 0.3)
            assert receiver.readings[0].dropped == {}, "nothing old was sent"


def test_a_refusal_is_not_said_of_a_server_that_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_tracker, "REFUSAL_S", 0.8)
    stage = new_key()
    with pose_server(tmp_path, {}) as server, receiving(stage, server.tracker()) as receiver:
        wait_for(lambda: state_of(receiver) == "refused", "a refusal")
        server.close()
        wait_for(lambda: state_of(receiver) == "connecting", "that nothing answers any more")
