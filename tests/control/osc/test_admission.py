"""Which datagrams are read when too many arrive: by host, with reserved places for hosts that keep to their rate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.osc.admission import (
    ALL_BURST,
    ALL_RATE_HZ,
    HOST_BURST,
    HOST_RATE_HZ,
    LIMITED_S,
    MOST_HOSTS,
    MOST_RESERVED,
    PROBATION_S,
    AdmissionControl,
)
from gesturesynth.control.osc.limits import BURST, AllowList, host_of
from gesturesynth.control.osc.receiver_proof import UNPROVEN_OCTETS, UNPROVEN_S, ReceiverProofs
from gesturesynth.control.osc.waiting_queue import MOST_AGE_S, MOST_OF_A_HOST, WaitingDatagrams


def passed(admission: AdmissionControl, host: str, ports: int, each: int, now_s: float) -> int:
    return sum(admission.admit((host, 5000 + port), now_s) for _ in range(each) for port in range(ports))


def well_known(admission: AdmissionControl, host: str, now_s: float = 0.0) -> float:
    """A host that has kept to its rate for a while; the time at which it has."""
    for step in range(int(PROBATION_S) + 2):
        assert admission.admit((host, 5000), now_s + step)
    return now_s + PROBATION_S + 1


def test_a_host_gets_no_more_however_many_ports_it_sends_from() -> None:
    admission = AdmissionControl()
    assert HOST_BURST - 2 <= passed(admission, "127.0.0.1", 64, 100, 0.0) <= HOST_BURST
    for second in range(1, 11):
        assert passed(admission, "127.0.0.1", 64, 100, float(second)) <= HOST_BURST
    total = sum(passed(admission, "127.0.0.1", 64, 1, 20.0 + step / 100) for step in range(1000))
    assert total <= HOST_RATE_HZ * 10 + HOST_BURST


def test_one_program_leaves_room_for_the_others_of_its_computer() -> None:
    admission = AdmissionControl()
    assert passed(admission, "127.0.0.1", 1, 1000, 0.0) == BURST
    assert admission.admit(("127.0.0.1", 9999), 0.0)


def test_an_address_in_the_form_of_ipv6_is_the_same_host() -> None:
    assert host_of("::ffff:192.168.1.20") == "192.168.1.20"
    assert host_of("::FFFF:c0a8:0114") == "192.168.1.20"
    assert host_of("192.168.1.20") == "192.168.1.20"
    assert host_of("::1") == "::1"
    admission = AdmissionControl()
    taken = [
        admission.admit((host, port), 0.0)
        for port in range(5000, 5300)
        for host in ("192.168.1.20", "::ffff:192.168.1.20", "::ffff:c0a8:114")
    ]
    assert sum(taken) <= HOST_BURST
    allow = AllowList(["192.168.1.20"])
    assert allow.permits("::ffff:192.168.1.20")
    assert allow.permits("::ffff:127.0.0.1")
    assert not allow.permits("::ffff:192.168.1.21")
    assert not allow.permits("::1")


def test_all_hosts_together_get_no_more_and_those_who_behaved_are_served_first() -> None:
    admission = AdmissionControl()
    now_s = well_known(admission, "127.0.0.2")
    total = 0
    for step in range(2000):
        now_s += 0.001
        total += sum(admission.admit((f"127.1.{step % 8}.{number}", 5000), now_s) for number in range(8))
        if step % 50 == 0:
            assert admission.admit(("127.0.0.2", 5000), now_s), "the known host is admitted all the while"
    assert total <= ALL_RATE_HZ * 2 + ALL_BURST


def test_many_unknown_hosts_do_not_replace_a_host_that_kept_to_its_rate() -> None:
    admission = AdmissionControl()
    now_s = well_known(admission, "192.168.1.20")
    for number in range(3 * MOST_HOSTS):
        admission.admit((f"10.0.{number // 256}.{number % 256}", 5000), now_s + number * 1e-4)
    assert len(admission) <= MOST_HOSTS + MOST_RESERVED
    assert not admission.admit(("10.9.9.9", 5000), now_s + 0.1), "there is no place for one more unknown host"
    assert admission.admit(("192.168.1.20", 5000), now_s + 0.1)


def test_many_patient_unknown_hosts_take_a_limited_number_of_places_and_not_those_of_others() -> None:
    admission = AdmissionControl()
    now_s = well_known(admission, "192.168.1.20")
    for step in range(20):
        for number in range(200):
            admission.admit((f"10.0.0.{number}", 5000), now_s + step)
    assert admission.reserved <= MOST_RESERVED
    assert admission.admit(("192.168.1.20", 5000), now_s + 20)


def test_a_host_that_floods_loses_its_place_and_gets_it_back() -> None:
    admission = AdmissionControl()
    now_s = well_known(admission, "192.168.1.20")
    assert admission.reserved == 1
    passed(admission, "192.168.1.20", 64, 10, now_s)
    assert admission.reserved == 0
    assert admission.admit(("192.168.1.20", 5000), now_s + 1.0)
    assert admission.reserved == 0
    assert admission.admit(("192.168.1.20", 5000), now_s + LIMITED_S + 1.0)
    assert admission.reserved == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=400))
def test_what_is_taken_from_the_queue_is_what_was_put_in_each_sender_s_in_its_order(
    arrivals: list[tuple[int, int]],
) -> None:
    waiting = WaitingDatagrams()
    put: dict[tuple[str, int], list[bytes]] = {}
    for number, (host, port) in enumerate(arrivals):
        sender = (f"10.0.0.{host}", port)
        datagram = str(number).encode()
        if waiting.add(datagram, sender, 0.0):
            put.setdefault(sender, []).append(datagram)
    assert len(waiting) == sum(map(len, put.values()))
    got: dict[tuple[str, int], list[bytes]] = {}
    while one := waiting.take(0.0):
        got.setdefault(one[1], []).append(one[0])
    assert got == put
    assert len(waiting) == 0


def test_a_host_has_so_much_room_and_no_more() -> None:
    waiting = WaitingDatagrams()
    assert sum(waiting.add(b"x", ("10.0.0.1", number % 64), 0.0) for number in range(1000)) == MOST_OF_A_HOST
    assert waiting.add(b"x", ("10.0.0.2", 1), 0.0)


def test_what_has_waited_for_too_long_is_not_read() -> None:
    waiting = WaitingDatagrams()
    for number in range(10):
        waiting.add(str(number).encode(), ("10.0.0.1", 1), number / 10)
    assert waiting.take(0.8 + MOST_AGE_S - 0.05) == (b"8", ("10.0.0.1", 1))
    assert waiting.too_old == 8
    assert len(waiting) == 1


def test_without_proof_little_is_sent_and_a_long_state_can_be_seen() -> None:
    proofs, tablet = ReceiverProofs(b"secret"), ("192.168.1.20", 5000)
    sent = sum(1000 for step in range(10_000) if proofs.may_send(("192.168.1.20", step % 50), 1000, step / 1000))
    assert sent <= 2 * UNPROVEN_OCTETS
    assert proofs.may_send(("192.168.1.21", 1), 65_000, 0.0), "once, or it could never be received"
    assert not proofs.may_send(("192.168.1.21", 1), 100, UNPROVEN_S)
    assert proofs.confirm(tablet, proofs.number(tablet, 10.0), 10.0)
    assert all(proofs.may_send(tablet, 65_000, 10.0) for _ in range(100))
    assert all(proofs.may_send(("127.0.0.9", 1), 65_000, 10.0) for _ in range(100))


def test_answers_are_at_most_some_times_as_much_as_was_sent() -> None:
    proofs, sent, answered = ReceiverProofs(b"secret"), 0, 0
    for step in range(10_000):
        host = ("192.168.1.20", 5000 + step % 64)
        sent += 28
        proofs.record_received(host, 28, step / 1000)
        answered += 400 * proofs.may_answer(host, 400)
    assert answered <= 4 * sent + 16_384 + 1024 * 10
    for step in range(100):
        proofs.record_received(("192.168.1.21", 5000), 28, step / 2)
        assert proofs.may_answer(("192.168.1.21", 5000), 400), "a person who presses buttons is always answered"
    assert all(proofs.may_answer(("127.0.0.1", 5000), 400) for _ in range(1000))
    for number in range(300):
        proofs.record_received((f"10.0.{number // 200}.{number % 200}", 5000), 28, 60.0)
    assert not proofs.may_answer(("192.168.1.21", 5000), 400), "a host that is forgotten has no budget"


def test_numbers_cannot_be_guessed_by_trying() -> None:
    proofs, tablet = ReceiverProofs(b"secret"), ("192.168.1.20", 5000)
    number = proofs.number(tablet, 0.0)
    assert not any(proofs.confirm(tablet, guess, 0.0) for guess in range(1, 1000) if guess != number)
    assert not proofs.confirm(tablet, number, 0.0), "for a while not even the right one"
    assert proofs.confirm(tablet, proofs.number(tablet, 60.0), 60.0)
    assert ReceiverProofs(b"another").number(tablet, 0.0) != number
    assert 1 <= number < 1 << 24, "which a 32-bit float holds"
