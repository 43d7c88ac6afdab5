"""What the tracker is to look for, of the conductor here and of computers elsewhere: real sockets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
import zmq

from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.tracking_request import NO_REQUEST, ReceiversRequest, TrackingRequest
from gesturesynth.tracking.request_inbox import GONE_S, RequestInbox
from tests.support.waiting import wait_for


@dataclass
class Both:
    """Both senders, and the inbox."""

    conductor: Publisher[TrackingRequest]
    pose_server: Publisher[ReceiversRequest]
    inbox: RequestInbox

    def until(self, own: TrackingRequest, others: ReceiversRequest, wanted: TrackingRequest) -> None:
        """Sends both again and again until the inbox gives `wanted`."""

        def given() -> bool:
            self.conductor.send(own)
            self.pose_server.send(others)
            return self.inbox.newest(0.0) == wanted

        wait_for(given, str(wanted))


@pytest.fixture
def both() -> Iterator[Both]:
    with zmq.Context() as context:
        made = Both(Publisher(context, TrackingRequest), Publisher(context, ReceiversRequest), RequestInbox(context))
        yield made
        for one in (made.conductor, made.pose_server, made.inbox):
            one.close()


def test_the_greatest_of_both_wishes_counts(both: Both) -> None:
    assert both.inbox.newest(0.0) == NO_REQUEST
    both.until(
        TrackingRequest(1, face=True), ReceiversRequest(3, hands=True), TrackingRequest(3, hands=True, face=True)
    )
    both.until(TrackingRequest(4), ReceiversRequest(3), TrackingRequest(4))


def test_a_pose_server_that_has_gone_asks_for_nothing_and_a_conductor_comes_back(both: Both) -> None:
    both.until(TrackingRequest(2), ReceiversRequest(5), TrackingRequest(5))
    assert both.inbox.newest(GONE_S) == TrackingRequest(5)
    times_s = itertools.count(2.0 * GONE_S + 1.0, GONE_S + 1.0)  # what was sent last may come after the first of them
    wait_for(lambda: both.inbox.newest(next(times_s)) == TrackingRequest(2), "that nothing is asked for any more")


def test_a_request_holds_a_number_and_two_switches() -> None:
    for kind in (TrackingRequest, ReceiversRequest):
        fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
        assert list(fields) == ["people", "hands", "face", "everyone"]
        assert fields["hands"] is fields["face"] is fields["everyone"] is bool


def test_where_the_preset_here_says_no_number_the_setting_counts_beside_what_others_ask_for() -> None:
    with zmq.Context() as context:
        made = Both(Publisher(context, TrackingRequest), Publisher(context, ReceiversRequest), RequestInbox(context, 3))
        made.until(NO_REQUEST, ReceiversRequest(2, face=True), TrackingRequest(3, face=True))
        made.until(NO_REQUEST, ReceiversRequest(5), TrackingRequest(5))
        made.until(TrackingRequest(1), ReceiversRequest(2), TrackingRequest(2))
        made.until(NO_REQUEST, ReceiversRequest(), NO_REQUEST)
        for one in (made.conductor, made.pose_server, made.inbox):
            one.close()
