"""What leaves over UDP: numbers, repetitions, the end of a stream, and a receiver that is not there."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest
from aioartnet.client import ArtNetClient, ArtNetClientProtocol
from sacn.messages.data_packet import DataPacket
from sacn.messages.universe_discovery import UniverseDiscoveryPacket

from gesturesynth.light import sacn
from gesturesynth.light.protocols import ARTNET, MULTICAST, SACN, Destination, LightSettings
from gesturesynth.light.stream import REFRESH_S, REPEATS, LightSender, component_id
from tests.support.lamps import GroupReceiver, UdpReceiver, free_udp_port

ONE = bytes([1]) + bytes(511)
HERE = Destination(1, "127.0.0.1")


def sender(protocol: str, port: int) -> LightSender:
    return LightSender(LightSettings(protocol, port=port), cid=bytes(16))


def packets(datagrams: list[bytes]) -> list[DataPacket]:
    return [DataPacket.make_data_packet(data) for data in datagrams]


def test_what_does_not_change_is_repeated_then_refreshed() -> None:
    with UdpReceiver() as receiver:
        sending = sender(SACN, receiver.port)
        times: list[float] = []
        for number in range(200):  # five seconds at 40 Hz
            sending.send({HERE: ONE}, number / 40)
            times += [number / 40] * len(receiver.all())
        assert times[: REPEATS + 1] == [0.0, 0.025, 0.05, 0.075]
        pauses = [later - time for time, later in zip(times[REPEATS:], times[REPEATS + 1 :], strict=False)]
        assert all(REFRESH_S <= pause < 1.0 for pause in pauses)
        assert len(pauses) >= 5
        assert sending.packets == len(times)
        sending.end(5.0)


def test_every_change_is_sent_and_numbered() -> None:
    with UdpReceiver() as receiver:
        sending = sender(SACN, receiver.port)
        found = []
        for number in range(300):
            sending.send({HERE: bytes([number % 255]) + bytes(511)}, number / 40)
            found += packets(receiver.all())
        assert [packet.sequence for packet in found] == [number % 256 for number in range(300)]
        assert [packet.dmxData[0] for packet in found] == [number % 255 for number in range(300)]
        sending.end(8.0)


def test_a_sacn_stream_ends_black_and_in_order() -> None:
    with UdpReceiver() as receiver:
        sending = sender(SACN, receiver.port)
        sending.send({HERE: ONE}, 0.0)
        sending.end(0.1)
        found = packets(receiver.all())
    assert [packet.option_StreamTerminated for packet in found] == [False] * 4 + [True] * 3
    assert [max(packet.dmxData) for packet in found] == [1] + [0] * 6
    assert [packet.sequence for packet in found] == [*range(7)]


def test_another_library_receives_artnet() -> None:
    client = ArtNetClient()
    reading = ArtNetClientProtocol(client)
    with UdpReceiver() as receiver:
        sending = sender(ARTNET, receiver.port)
        far = Destination(0x7654, "127.0.0.1")
        for number in range(300):
            sending.send({HERE: bytes([number % 251]) + bytes(511), far: ONE}, number / 40)
            for data in receiver.all():
                reading.datagram_received(data, ("127.0.0.1", 6454))
        sending.end(8.0)
    found = {universe.portaddress: universe for universe in client.universes.values()}
    assert set(found) == {1, 0x7654}
    assert bytes(found[1].last_data)[:2] == bytes([299 % 251, 0])
    assert bytes(found[0x7654].last_data) == ONE
    assert list(found[1].publisherseq.values()) == [299 % 255 + 1]


def test_an_artnet_universe_ends_black() -> None:
    with UdpReceiver() as receiver:
        sending = sender(ARTNET, receiver.port)
        sending.send({HERE: ONE}, 0.0)
        sending.end(0.1)
        found = receiver.all()
    assert [data[12] for data in found] == [1, 2, 3, 4]
    assert [max(data[18:]) for data in found] == [1, 0, 0, 0]


def test_a_universe_that_a_preset_has_no_more_is_ended_and_the_others_go_on() -> None:
    with UdpReceiver() as receiver:
        sending = sender(SACN, receiver.port)
        sending.send({HERE: ONE, Destination(2, "127.0.0.1"): ONE}, 0.0)
        receiver.all()
        sending.send({HERE: ONE}, 0.025)
        found = packets(receiver.all())
        assert {packet.universe for packet in found if packet.option_StreamTerminated} == {2}
        assert [packet.universe for packet in found if not packet.option_StreamTerminated] == [2, 2, 2, 1]
        assert (set(sending.frames), sending.packets) == ({"1"}, 9)
        sending.end(1.0)


def test_two_nodes_that_count_from_the_same_number_are_both_shown() -> None:
    with UdpReceiver() as receiver:
        sending = sender(ARTNET, receiver.port)
        here, other = Destination(0, "127.0.0.1"), Destination(0, "127.0.0.2")
        sending.send({other: bytes(512), Destination(10, "127.0.0.1"): ONE, here: ONE}, 0.0)
        assert list(sending.frames.items()) == [("0 at 127.0.0.1", ONE), ("0 at 127.0.0.2", bytes(512)), ("10", ONE)]
        sending.end(1.0)


def test_a_receiver_that_is_not_there_is_said_until_it_is() -> None:
    port = free_udp_port()
    sending = sender(ARTNET, port)
    for number in range(40):
        sending.send({HERE: bytes([number]) + bytes(511)}, number / 40)
    assert sending.error == f"no program receives at 127.0.0.1, port {port}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
        late.bind(("127.0.0.1", port))
        for number in range(120):
            sending.send({HERE: bytes([number]) + bytes(511)}, 1.0 + number / 40)
        assert sending.error == ""
        assert late.recv(2048)[18] == 0, "the first packet of the receiver's life has arrived"
    sending.end(5.0)


def test_an_address_that_cannot_be_reached_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sending = LightSender(LightSettings(SACN, "240.0.0.1"), cid=bytes(16))  # of a class that is no host's
    tries: list[float] = []
    real = socket.socket.connect

    def counted(self: socket.socket, address: tuple[str, int]) -> None:
        tries.append(0.0)
        real(self, address)

    monkeypatch.setattr(socket, "socket", type("Counted", (socket.socket,), {"connect": counted}))
    for number in range(121):  # three seconds
        sending.send({Destination(1, "240.0.0.1"): bytes([number]) + bytes(511)}, number / 40)
    assert "240.0.0.1 cannot be reached" in sending.error
    assert (sending.packets, sending.lost) == (0, 121)
    assert len(tries) == 4
    sending.end(4.0)


def test_multicast_reaches_those_who_joined_by_the_network_that_is_named() -> None:
    groups = {"239.255.0.1": 1, "239.255.1.44": 300, "239.255.250.214": sacn.DISCOVERY_UNIVERSE}
    with ExitStack() as stack:
        port = free_udp_port()
        joined = {group: stack.enter_context(GroupReceiver(group, port)) for group in groups}
        sending = LightSender(LightSettings(SACN, MULTICAST, port, via="127.0.0.1"), cid=bytes(16))
        for number in range(21):
            sending.send({Destination(n, MULTICAST): ONE for n in (1, 300)}, float(number))
        sending.end(30.0)
        received = {groups[group]: receiver.all() for group, receiver in joined.items()}
    for universe in (1, 300):
        assert {packet.universe for packet in packets(received[universe])} == {universe}
        assert packets(received[universe])[-1].option_StreamTerminated
    lists = received[sacn.DISCOVERY_UNIVERSE]
    pages = [UniverseDiscoveryPacket.make_universe_discovery_packet(data) for data in lists]
    assert [page.universes for page in pages] == [(1, 300)] * 3


def test_the_source_is_the_same_at_each_start() -> None:
    assert component_id() == component_id()
    assert len(component_id()) == 16
    assert sacn.source_name("ü" * 40) == ("ü" * 31).encode()
