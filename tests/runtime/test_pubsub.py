"""Messages arrive whole, newest first, also after a process was started again."""

from __future__ import annotations

import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import pytest
import zmq

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.runtime import pubsub
from gesturesynth.runtime.messages import Body, InstrumentSetup, Pose, Scene, Sound
from gesturesynth.runtime.pubsub import OnDemandPublisher, Publisher, Subscriber
from gesturesynth.runtime.spectrum_message import Spectrum

T = TypeVar("T")


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    made: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    yield made
    made.destroy(linger=0)


def until(read: Callable[[], T | None], limit_s: float = 10.0) -> T:
    deadline_s = time.monotonic() + limit_s
    while (found := read()) is None:
        assert time.monotonic() < deadline_s, f"nothing within {limit_s} s"
    return found


def sound_message(value: float) -> Sound:
    scene = Scene("Test", (InstrumentSetup("t", "theremin", {"vibrato": 0.4}),), ("t.pitch",), (0.06,))
    return Sound(1.0, scene, (value,))


def test_a_body_keeps_every_number_of_its_landmarks() -> None:
    rng = np.random.default_rng(1)
    image, world = rng.random((33, 4)).astype(np.float32), rng.random((33, 3)).astype(np.float32)
    body = Body.from_arrays(image, world)
    assert np.array_equal(body.image_array(), image)
    assert np.array_equal(body.world_array(), world)


@pytest.mark.parametrize("shape", [(32, 4), (33, 3), (4, 33)])
def test_a_body_of_another_shape_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"\(33, 4\)"):
        Body.from_arrays(np.zeros(shape, np.float32), np.zeros((33, 3), np.float32))


def test_a_message_travels_whole(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    publisher, subscriber = Publisher(context, Sound), Subscriber(context, Sound)
    message = sound_message(440.0)

    def exchange() -> Sound | None:
        publisher.send(message)
        return subscriber.newest(0.02)

    assert until(exchange) == message
    publisher.close()
    subscriber.close()


def test_a_new_subscriber_receives_messages_after_the_runtime_folder_was_removed(
    context: zmq.Context[zmq.Socket[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubsub, "FILE_CHECK_S", 0.05)
    publisher, early = Publisher(context, Sound), Subscriber(context, Sound)

    def received_by(subscriber: Subscriber[Sound]) -> Callable[[], Sound | None]:
        def exchange() -> Sound | None:
            publisher.send(sound_message(1.0))
            return subscriber.newest(0.02)

        return exchange

    until(received_by(early))
    shutil.rmtree(paths.runtime_dir())
    late = Subscriber(context, Sound)
    until(received_by(late))
    until(received_by(early))  # it is still connected
    for socket in (publisher, early, late):
        socket.close()


def test_a_slow_reader_gets_only_the_newest(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    publisher, subscriber = Publisher(context, Sound), Subscriber(context, Sound)

    def first() -> Sound | None:
        publisher.send(sound_message(0.0))
        return subscriber.newest(0.02)

    until(first)
    for value in range(1, 1001):
        publisher.send(sound_message(float(value)))

    last = until(lambda: found if (found := subscriber.newest(0.02)) and found.values == (1000.0,) else None)
    assert last.values == (1000.0,)
    assert subscriber.newest(0.05) is None
    publisher.close()
    subscriber.close()


def test_messages_arrive_again_after_their_publisher_was_killed_and_started_again(
    context: zmq.Context[zmq.Socket[bytes]],
) -> None:
    script = (
        "import time, zmq\n"
        "from gesturesynth.runtime.messages import Pose\nfrom gesturesynth.runtime.pubsub import Publisher\n"
        "p = Publisher(zmq.Context(), Pose)\n"
        "i = 0\n"
        "while True: p.send(Pose(time.monotonic(), i, 640, 480, ())); i += 1; time.sleep(0.01)\n"
    )
    subscriber = Subscriber(context, Pose)
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", script]) as process:
            started_s = time.monotonic()
            until(lambda since=started_s: p if (p := subscriber.newest(0.1)) and p.capture_time_s > since else None)  # type: ignore[misc]
            process.kill()
    subscriber.close()


def test_what_cannot_be_read_is_counted_and_dropped(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    (paths.runtime_dir() / "conductor").mkdir(parents=True)
    subscriber = Subscriber(context, Sound)
    raw = context.socket(zmq.PUB)
    raw.bind(pubsub.endpoint(Sound) + "x")
    subscriber.socket.connect(pubsub.endpoint(Sound) + "x")

    def rejected() -> int | None:
        raw.send(b"\xff\x00 not a message")
        assert subscriber.newest(0.02) is None
        return subscriber.rejected or None

    assert until(rejected) >= 1
    subscriber.close()
    raw.close()


def test_no_subscriber_is_needed_and_closing_leaves_no_file(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    publisher = Publisher(context, Sound)
    for _ in range(100):
        publisher.send(sound_message(1.0))
    file = paths.socket_path("conductor", "sound")
    assert file.exists()
    publisher.close()
    assert not file.exists()


def test_a_runtime_folder_too_long_for_a_socket_is_said_in_a_sentence(
    context: zmq.Context[zmq.Socket[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", "/tmp/" + "x" * 120)
    with pytest.raises(UserError, match="GESTURESYNTH_RUNTIME_DIR"):
        Publisher(context, Sound)


_RECEIVE = """
import zmq
from gesturesynth.runtime.spectrum_message import Spectrum
from gesturesynth.runtime.pubsub import Subscriber

receiver = Subscriber(zmq.Context(), Spectrum)
print(receiver.newest(30.0) is not None, flush=True)
while True:
    receiver.newest(30.0)
"""


def test_a_publisher_on_demand_knows_when_its_last_receiver_has_gone(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    publisher = OnDemandPublisher(context, Spectrum)
    assert not publisher.wanted
    receiver = Subscriber(context, Spectrum)
    assert until(lambda: publisher.wanted or None)
    other = subprocess.Popen([sys.executable, "-c", _RECEIVE], stdout=subprocess.PIPE)
    with other, selectors.DefaultSelector() as printed:
        assert other.stdout
        printed.register(other.stdout, selectors.EVENT_READ)
        receiver.close()

        def received_there() -> bool | None:
            publisher.send(Spectrum(1.0, (-20.0,)))
            return bool(printed.select(0.02)) or None

        assert until(received_there)
        assert until(lambda: publisher.wanted or None)
        other.kill()
    assert until(lambda: None if publisher.wanted else True)
    publisher.close()
