"""OpenCV writes no messages, also when another library imports it first: they would fill a journal."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from gesturesynth.tracking.model.download import ensure_model
from tests.support.tracker_process import TrackerProcess

ATTEMPTS = 4


@pytest.fixture
def refusals() -> Iterator[tuple[str, threading.Semaphore]]:
    """The address of a server that refuses every request, and a semaphore that counts them."""
    requested = threading.Semaphore(0)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.close()
                requested.release()

        threading.Thread(target=refuse, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/camera", requested
        server.shutdown(socket.SHUT_RDWR)


def foreign(text: str) -> list[str]:
    """Lines that are not our own."""
    return [line for line in text.splitlines() if not line.startswith("{") or "event" not in json.loads(line)]


def test_a_camera_on_the_network_that_cannot_be_opened_brings_no_foreign_line(
    refusals: tuple[str, threading.Semaphore],
) -> None:
    ensure_model()
    address, requested = refusals
    with TrackerProcess(source={"source": address}) as tracker:
        for _ in range(ATTEMPTS):
            assert requested.acquire(timeout=30)
        code, text = tracker.stop()
    assert code == 0
    assert foreign(text) == []
    assert text.count("does not answer") == 1


@pytest.mark.parametrize(("device", "why"), [("/dev/video77", "is not there"), ("/dev/null", "is no camera")])
def test_a_device_that_is_no_camera_is_named_without_a_foreign_line(device: str, why: str) -> None:
    ensure_model()
    with TrackerProcess(source={"source": device}) as tracker:
        tracker.status_where(lambda status: why in status.detail)
        text = tracker.stop()[1]
    assert foreign(text) == []


SCRIPT = """
import cv2  # before us
from gesturesynth.tracking.opencv import load_cv2
for attempt in range(3):
    assert not load_cv2().VideoCapture("/nowhere.mp4", cv2.CAP_FFMPEG).isOpened()
"""


def test_it_writes_nothing_even_when_it_was_imported_first_by_another() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""


def test_its_messages_can_be_switched_on() -> None:
    for order in (SCRIPT, SCRIPT.replace("import cv2  # before us\n", "").replace("cv2.CAP_FFMPEG", "1900")):
        done = subprocess.run(
            ["env", "OPENCV_LOG_LEVEL=WARNING", sys.executable, "-c", order],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stderr.count("can't be used to capture by name") == 3
