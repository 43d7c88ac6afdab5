"""Packets, byte for byte, and read by libraries of other authors."""

from __future__ import annotations

from aioartnet.client import ArtNetClient, ArtNetClientProtocol
from hypothesis import given, settings
from hypothesis import strategies as st
from sacn.messages.data_packet import DataPacket, calculate_multicast_addr
from sacn.messages.universe_discovery import UniverseDiscoveryPacket

from gesturesynth.light import artnet, sacn

CID = bytes(range(16))
LEVELS = st.binary(min_size=512, max_size=512)


def test_an_artnet_packet_byte_for_byte() -> None:
    packet = artnet.dmx_packet(0x1234, b"\x00\xff\x80\x01", 7)
    assert packet.hex(" ") == (
        "41 72 74 2d 4e 65 74 00 "  # Art-Net
        "00 50 00 0e "  # OpDmx, version 14
        "07 00 34 12 00 04 "  # sequence, physical, sub-net and universe, net, length
        "00 ff 80 01"
    )


@given(st.integers(0, 32767), LEVELS, st.integers(1, 255))
def test_another_library_reads_artnet(universe: int, levels: bytes, sequence: int) -> None:
    client = ArtNetClient()
    ArtNetClientProtocol(client).datagram_received(
        artnet.dmx_packet(universe, levels, sequence), ("127.0.0.1", artnet.PORT)
    )
    [found] = client.universes.values()
    assert found.portaddress == universe
    assert bytes(found.last_data) == levels
    assert list(found.publisherseq.values()) == [sequence]


def test_artnet_sequences_never_say_that_packets_are_not_numbered() -> None:
    sequence, seen = 1, []
    for _ in range(600):
        seen.append(sequence)
        sequence = artnet.next_sequence(sequence)
    assert seen[:256] == [*range(1, 256), 1]
    assert 0 not in seen


def test_a_sacn_packet_byte_for_byte() -> None:
    packet = sacn.data_packet(0x0102, b"\x0a\x0b", 5, cid=CID, name="Gesture Synth", priority=120)
    assert (
        packet.hex(" ")
        == (
            "00 10 00 00 41 53 43 2d 45 31 2e 31 37 00 00 00 "  # sizes, ASC-E1.17
            "70 70 00 00 00 04 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f "  # root layer
            "70 5a 00 00 00 02 "  # framing layer
            + b"Gesture Synth".ljust(64, b"\0").hex(" ")
            + " 78 00 00 05 00 01 02 "  # priority, synchronisation, sequence, options, universe
            "70 0d 02 a1 00 00 00 01 00 03 00 0a 0b"
        )
    )
    assert sacn.data_packet(1, b"", 0, cid=CID, name="", terminated=True)[112] == 0x40


@given(
    universe=st.integers(1, 63999),
    levels=LEVELS,
    sequence=st.integers(0, 255),
    priority=st.integers(0, 200),
    terminated=st.booleans(),
    name=st.text(max_size=40),
)
@settings(max_examples=30)
def test_another_library_writes_the_same_sacn(
    *, universe: int, levels: bytes, sequence: int, priority: int, terminated: bool, name: str
) -> None:
    ours = sacn.data_packet(universe, levels, sequence, cid=CID, name=name, priority=priority, terminated=terminated)
    cut = sacn.source_name(name).decode()
    theirs = DataPacket(tuple(CID), cut, universe, tuple(levels), priority, sequence, streamTerminated=terminated)
    assert ours == bytes(theirs.getBytes())
    assert sacn.multicast_address(universe) == calculate_multicast_addr(universe)


@given(st.sets(st.integers(1, 63999), max_size=1200))
def test_another_library_reads_the_list_of_universes(universes: set[int]) -> None:
    packets = sacn.discovery_packets([*universes], cid=CID, name="Gesture Synth")
    pages = [UniverseDiscoveryPacket.make_universe_discovery_packet(packet) for packet in packets]
    assert [page.page for page in pages] == [*range(len(packets))]
    assert {page.lastPage for page in pages} == {len(packets) - 1}
    assert [number for page in pages for number in page.universes] == sorted(universes)
