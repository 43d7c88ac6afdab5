"""What the preset that plays asks of the tracker, as a tracker gets it: the real conductor, real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zmq

from gesturesynth.conductor.tracking_requests import EVERY_S
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.tracking_request import TrackingRequest
from tests.support.conductor_harness import ConductorHarness
from tests.support.preset_texts import SMALL


@pytest.fixture
def requests() -> Iterator[Subscriber[TrackingRequest]]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    subscriber = Subscriber(context, TrackingRequest)
    yield subscriber
    subscriber.close()
    context.term()


def next_request(harness: ConductorHarness, requests: Subscriber[TrackingRequest]) -> TrackingRequest:
    got: list[TrackingRequest] = []

    def arrived() -> bool:
        request = requests.newest()
        got.extend([request] if request else [])
        return bool(got)

    harness.until(arrived, "a request")
    return got[-1]


def test_the_tracker_is_told_the_number_of_the_preset_that_plays(
    tmp_path: Path, requests: Subscriber[TrackingRequest]
) -> None:
    file = tmp_path / "piece.yaml"
    file.write_text(f"{SMALL}\npeople: 3\n")
    with ConductorHarness(file) as harness:
        assert next_request(harness, requests) == TrackingRequest(people=3)
        # Again and again, for a tracker that was started again meanwhile.
        assert next_request(harness, requests) == TrackingRequest(people=3)
        file.write_text(f"{SMALL}\n")
        harness.preset_manager.request_reload()
        changes: list[TrackingRequest] = []

        def changed() -> bool:
            changes.append(next_request(harness, requests))
            return changes[-1].people != 3

        harness.until(changed, "the request of the changed preset")
        assert changes[-1] == TrackingRequest(people=0)
    assert EVERY_S <= 0.5


@pytest.mark.parametrize("people", [-1, 7, 1.5, "all"])
def test_a_request_outside_the_allowed_is_no_request(people: object) -> None:
    data = msgspec.msgpack.encode({"people": people})
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(data, type=TrackingRequest)
