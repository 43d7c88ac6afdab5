"""OSC under fire: every poll keeps to its share of work, and those who behave lose nothing."""

from __future__ import annotations

from itertools import islice

import pytest

from gesturesynth.control.osc.admission import HOST_BURST
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.limits import BURST
from gesturesynth.control.osc.server import (
    DATAGRAMS_A_POLL,
    MESSAGES_A_POLL,
    OCTETS_A_POLL,
    OscCall,
    OscServer,
)
from gesturesynth.control.osc.waiting_queue import MOST_OF_A_HOST
from tests.support.malformed_osc import bundle, mutants
from tests.support.osc_client import OUTPUTS, STATE, MakeOscClient, answer_all


def work(server: OscServer) -> tuple[int, int, int]:
    return server.counts.datagrams, server.protocol.messages, server.protocol.octets


def poll_within_bounds(server: OscServer, now_s: float) -> tuple[list[OscCall], bool]:
    """One poll, which must keep to its share of work; and whether it found everything read."""
    before = work(server)
    requested = server.poll(now_s)
    datagrams, messages, octets = (after - past for after, past in zip(work(server), before, strict=True))
    assert datagrams <= DATAGRAMS_A_POLL
    assert messages <= MESSAGES_A_POLL
    assert octets <= OCTETS_A_POLL
    assert len(requested) <= MESSAGES_A_POLL
    return requested, datagrams == 0 and server.waiting == 0


@pytest.mark.slow("a hundred thousand datagrams")
def test_100_000_broken_datagrams_and_not_one_answer_or_output_is_missing(
    server: OscServer, programs: MakeOscClient
) -> None:
    """Half of them come from many hosts below the rate, so that they are all looked at; half from one that floods."""
    artist, ear = programs(), programs("127.0.0.2")
    hostile = [programs(f"127.0.0.{number}") for number in range(3, 11)]
    broken, bursts, size, now_s = mutants(seed=1), 1600, 63, 100.0
    for burst in range(bursts):
        now_s += 0.02
        if burst % 50 == 0:
            ear.send(encode("/gesturesynth/subscribe", ear.port, 60.0))
        for number, datagram in enumerate(islice(broken, size)):
            hostile[number % 8 if burst % 2 else 0].send(datagram)
            if number == burst % size:
                artist.send(encode("/gesturesynth/select", burst % 9 + 1))
        done = False
        while not done:
            requested, done = poll_within_bounds(server, now_s)
            answer_all(server, requested)
        server.stream(now_s, lambda: STATE, OUTPUTS)
        flowing = [address for address, _ in ear.messages() if address != "/gesturesynth/ack"]
        assert flowing == [f"/gesturesynth/{what}" for what in ("state", "output/pitch", "output/level")]
        assert artist.messages() == [("/gesturesynth/ack", ["/gesturesynth/select", f"did select {burst % 9 + 1}"])]
        if burst % 50 == 49:  # the answers are not read
            for program in hostile:
                program.packets()
    assert server.counts.datagrams >= bursts * size >= 100_000
    assert server.counts.malformed > 30_000
    assert server.counts.limited > 5_000


def test_a_flood_is_dropped_in_shares_and_the_rest_waits(server: OscServer, programs: MakeOscClient) -> None:
    flooder, artist = programs(), programs()
    for _ in range(150):
        flooder.send(encode("/gesturesynth/train"))
    artist.send(encode("/gesturesynth/train"))
    calls, polls, done = [], 0, False
    while not done:
        requested, done = poll_within_bounds(server, 0.0)
        calls += requested
        polls += 1
    assert 3 < polls < 12
    assert [one.sender[1] for one in calls] == [flooder.port, artist.port] + [flooder.port] * 99
    assert server.counts.limited == 50
    answer_all(server, calls)
    assert len(flooder.packets()) == 100, "an answer to each that was heard, and none to the rest"
    assert len(artist.packets()) == 1


def test_fat_bundles_cannot_make_one_poll_long(server: OscServer, programs: MakeOscClient) -> None:
    fat = bundle(*[encode("/gesturesynth/train")] * 16)
    long = encode("/gesturesynth/label", "x" * 900)
    for program in [programs() for _ in range(16)]:
        for _ in range(5):
            program.send(fat)
            program.send(long)
    done, calls = False, 0
    while not done:
        requested, done = poll_within_bounds(server, 0.0)
        calls += len(requested)
    assert 16 * 5 <= calls <= HOST_BURST, "however they are packed, a host may have so many at once"


def test_long_datagrams_come_in_fewer_at_a_time(server: OscServer, programs: MakeOscClient) -> None:
    program, long = programs(), encode("/gesturesynth/label", "x" * 900)
    for _ in range(40):
        program.send(long)
    done, polls = False, 0
    while not done:
        _, done = poll_within_bounds(server, 0.0)
        polls += 1
    assert polls >= 40 * len(long) / OCTETS_A_POLL
    assert server.counts.refused == 40


def test_even_dropping_has_its_share(server: OscServer, programs: MakeOscClient) -> None:
    flooder = programs()
    for _ in range(BURST):
        flooder.send(b"drop")
    while server.waiting or server.poll(0.0) or server.waiting:
        server.poll(0.0)
    for _ in range(400):
        flooder.send(b"drop")
    done, polls = False, 0
    while not done:
        _, done = poll_within_bounds(server, 0.0)
        polls += 1
    assert polls == 3, "256 of them, the rest, and nothing"
    assert server.counts.limited == 400


def test_however_many_one_host_sends_each_host_has_its_turn(server: OscServer, programs: MakeOscClient) -> None:
    many, artist = [programs() for _ in range(64)], programs("127.0.0.2")
    for program in many:
        for _ in range(2):
            program.send(encode("/gesturesynth/train"))
    for number in range(5):
        artist.send(encode("/gesturesynth/select", number + 1))
    heard: list[str] = []
    while len(heard) < 10:
        heard += [one.sender[0] for one in server.poll(0.0, 1)]
    assert heard == ["127.0.0.1", "127.0.0.2"] * 5


def test_one_program_of_a_host_does_not_keep_the_others_waiting(server: OscServer, programs: MakeOscClient) -> None:
    flooder, artist = programs(), programs()
    for _ in range(90):
        flooder.send(encode("/gesturesynth/train"))
    artist.send(encode("/gesturesynth/train"))
    heard = [one.sender[1] for _ in range(2) for one in server.poll(0.0, 1)]
    assert heard == [flooder.port, artist.port]


def test_what_waits_is_bounded_and_counted(server: OscServer, programs: MakeOscClient) -> None:
    many, sent = [programs() for _ in range(16)], 0
    for step in range(20):  # each second 1,000 more may come, and they are not read
        for program in many:
            for _ in range(6):
                program.send(encode("/gesturesynth/train"))
                sent += 1
        server.poll(float(step), 1)
    assert server.waiting <= MOST_OF_A_HOST
    counts = server.counts
    assert counts.datagrams == sent
    assert counts.calls + counts.crowded + counts.limited + server.waiting == sent
    assert counts.crowded > 0
