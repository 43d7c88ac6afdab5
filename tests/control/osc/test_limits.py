"""Who may ask, how much, and for how long they are sent something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.osc.limits import AllowList, ConfirmationGuard, Leases, RateLimiter
from gesturesynth.core.errors import UserError

A, B = ("127.0.0.1", 1000), ("127.0.0.1", 2000)


def test_a_burst_passes_and_then_the_rate_does() -> None:
    limiter = RateLimiter(rate_hz=10.0, burst=5)
    assert [limiter.take(A, 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert limiter.take(B, 0.0), "another sender has a bucket of its own"
    assert [limiter.take(A, 0.15) for _ in range(2)] == [True, False]


@given(st.lists(st.floats(0.0, 0.2), max_size=200))
def test_no_sender_gets_more_than_burst_and_rate(pauses: list[float]) -> None:
    limiter, now_s, passed = RateLimiter(rate_hz=10.0, burst=5), 0.0, 0
    for pause_s in pauses:
        now_s += pause_s
        passed += limiter.take(A, now_s)
    assert passed <= 5 + 10.0 * now_s + 1e-6


@given(st.lists(st.floats(0.1001, 1.0), max_size=100))
def test_a_sender_below_the_rate_is_never_refused(pauses: list[float]) -> None:
    limiter, now_s = RateLimiter(rate_hz=10.0, burst=1), 0.0
    for pause_s in pauses:
        now_s += pause_s
        assert limiter.take(A, now_s)


def test_a_thousand_senders_take_no_more_memory_and_replace_no_known_sender() -> None:
    limiter = RateLimiter(rate_hz=10.0, burst=5, senders=3)
    assert limiter.take(A, 0.0)
    passed = [limiter.take(("10.0.0.1", port), 0.0) for port in range(1000)]
    assert passed == [True, True] + [False] * 998
    assert limiter.take(A, 0.1)
    assert len(limiter) == 3
    assert limiter.take(("10.0.0.2", 1), 0.51), "those who were quiet make room"
    assert len(limiter) == 3


def test_a_clock_that_stands_still_or_steps_back_gives_nothing_away() -> None:
    limiter = RateLimiter(rate_hz=10.0, burst=1)
    assert limiter.take(A, 5.0)
    assert not limiter.take(A, 4.0)


def test_a_lease_sends_at_its_rate_and_ends_unless_it_is_renewed() -> None:
    leases = Leases(length_s=10.0)
    assert leases.renew(A, 10.0, 0.0)
    assert sum(leases.due(step / 100) == [A] for step in range(1000)) == 100
    assert leases.renew(A, 10.0, 9.99)
    assert leases.due(19.98) == [A]
    assert leases.due(20.0) == []
    assert len(leases) == 0


def test_after_a_delay_one_is_due_and_not_all_that_were_missed() -> None:
    leases = Leases()
    leases.renew(A, 10.0, 0.0)
    assert leases.due(0.0) == [A]
    assert leases.due(5.0) == [A]
    assert leases.due(5.05) == []


def test_renewing_all_the_time_sends_no_oftener() -> None:
    leases, sent = Leases(), 0
    for step in range(1000):
        leases.renew(A, 10.0, step / 100)
        sent += len(leases.due(step / 100))
    assert sent == 100


def test_only_so_many_can_subscribe_and_a_place_gets_free() -> None:
    leases = Leases(most=2, length_s=10.0)
    assert leases.renew(A, 1.0, 0.0)
    assert leases.renew(B, 1.0, 5.0)
    assert not leases.renew(("127.0.0.1", 3000), 1.0, 5.0)
    assert leases.renew(A, 1.0, 6.0), "those who have a place keep it"
    assert leases.drop(B)
    assert not leases.drop(B)
    assert leases.renew(("127.0.0.1", 3000), 1.0, 7.0)
    assert leases.renew(B, 1.0, 16.5), "that of one whose lease is over"


def test_only_this_computer_and_those_that_are_named_may_send() -> None:
    allow = AllowList(["192.168.1.20", "10.1.0.0/16"])
    allowed = [host for host in ("127.0.0.1", "127.8.9.1", "192.168.1.20", "10.1.255.3") if allow.permits(host)]
    refused = [host for host in ("192.168.1.21", "10.2.0.1", "169.254.1.1", "8.8.8.8") if not allow.permits(host)]
    assert len(allowed) == len(refused) == 4
    assert not AllowList([]).permits("192.168.1.20")


@pytest.mark.parametrize("network", ["tablet.local", "192.168.1.20/24", "::1", "*", ""])
def test_an_allow_list_that_means_nothing_is_said(network: str) -> None:
    with pytest.raises(UserError, match=r"osc\.allow: .*192\.168\.1\.0/24"):
        AllowList([network])


def test_a_confirmation_that_comes_at_once_is_no_confirmation() -> None:
    arming = ConfirmationGuard(apart_s=0.25)
    assert arming.passes("clear", 0.0)
    assert not arming.passes("clear", 0.0)
    assert arming.passes("quit", 0.0)
    assert [arming.passes("clear", 0.1 * step) for step in range(1, 30)] == [False] * 29, (
        "a stuck button never confirms"
    )
    assert arming.passes("clear", 3.5)
