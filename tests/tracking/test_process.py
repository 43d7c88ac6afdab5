"""The tracker as a process: real frames through OpenCV's real V4L2 backend, the real landmarker, real sockets."""

from __future__ import annotations

import http.server
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from gesturesynth.core import paths
from gesturesynth.runtime.messages import TrackerStatus
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.video_file import Clip
from tests.support import footage
from tests.support.fake_skeletons import number_of, write_performer
from tests.support.tracker_process import TrackerProcess
from tests.support.virtual_camera import VirtualCamera, fit

v4l2 = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 and LD_PRELOAD are Linux's")


@pytest.fixture(autouse=True)
def model() -> Path:
    """The pose model, fetched before the tests so that its download is not timed."""
    return ensure_model()


@pytest.fixture
def camera(tmp_path: Path) -> VirtualCamera:
    return VirtualCamera(tmp_path / "camera", footage.clip("dancer"))


@pytest.fixture
def performer(tmp_path: Path) -> Path:
    return write_performer(tmp_path / "demo.skeleton")


def is_live(status: TrackerStatus) -> bool:
    return status.state == "live"


def is_waiting(status: TrackerStatus) -> bool:
    return status.state == "waiting"


@v4l2
def test_a_camera_is_tracked_lost_and_opened_again_by_one_process(camera: VirtualCamera) -> None:
    with TrackerProcess(camera.environment, source={"source": camera.device}) as tracker:
        pose = tracker.pose_where(lambda pose: bool(pose.bodies))
        assert (pose.width, pose.height) == (640, 480)
        assert pose.bodies[0].image_array()[:, 3].mean() > 0.5
        assert pose.inference_s > 0.0
        status = tracker.status_where(is_live)
        assert "/dev/video42" in status.source
        assert (status.detail, status.pid) == ("", tracker.process.pid)
        assert tracker.status_where(lambda status: status.fps > 0.0).inference_ms > 0.0

        camera.say("unplug")
        status = tracker.status_where(is_waiting)
        assert "trying again" in status.detail
        camera.say("busy")
        tracker.status_where(is_waiting)
        camera.say("play")
        tracker.status_where(is_live)
        assert tracker.pose_where(lambda pose: bool(pose.bodies)).sequence > pose.sequence

        camera.say("hang")
        assert tracker.status_where(is_waiting).frame_age_s > 0.5
        camera.say("play")
        status = tracker.status_where(is_live)
        assert status.pid == tracker.process.pid
        assert tracker.stop()[0] == 0


@v4l2
def test_a_read_that_never_returns_neither_keeps_the_camera_lost_nor_the_process_alive(camera: VirtualCamera) -> None:
    with TrackerProcess(camera.environment, source={"source": camera.device}) as tracker:
        before = tracker.pose()
        camera.say("stuck")
        status = tracker.status_where(lambda status: "hangs" in status.detail)
        assert status.state == "waiting"
        camera.say("play")
        tracker.status_where(is_live)
        assert tracker.pose().sequence > before.sequence

        camera.say("stuck")
        tracker.status_where(is_waiting)
        code, text = tracker.stop(patience_s=5.0)
        assert code == 0, "it does not wait for the camera"
        assert "tracker stopped" in text
        assert "Traceback" not in text
    assert not list((paths.runtime_dir() / "tracker").iterdir()), "no socket is left behind"


@v4l2
def test_a_driver_that_repeats_its_last_frame_is_opened_again(camera: VirtualCamera) -> None:
    # A pause that is longer than the interval of two statuses: one of them says why it waits.
    times = {"suspicious_after_s": 1.0, "first_pause_s": 1.5}
    with TrackerProcess(camera.environment, source={"source": camera.device}, **times) as tracker:
        tracker.status_where(is_live)
        camera.say("repeat")
        assert "repeats one frame" in tracker.status_where(is_waiting).detail
        tracker.status_where(is_live)
        assert tracker.stop()[1].count("repeats one frame") == 1


@v4l2
def test_an_empty_frame_is_skipped_without_a_reopening(camera: VirtualCamera) -> None:
    camera.spoil(5)
    with TrackerProcess(camera.environment, source={"source": camera.device}) as tracker:
        tracker.pose_where(lambda pose: pose.sequence > 60)  # more than one round of its 60 frames
        code, text = tracker.stop()
    assert code == 0
    assert "source lost" not in text
    assert "Traceback" not in text


def network_can_be_left() -> bool:
    """Asks the kernel through another program than ours."""
    return any(
        subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False).returncode == 0
        for flags in (["--net"], ["--map-root-user", "--net"])
    )


@v4l2
def test_a_process_that_sees_people_has_no_network(camera: VirtualCamera) -> None:
    with TrackerProcess(camera.environment, source={"source": camera.device}) as tracker:
        tracker.pose_where(lambda pose: bool(pose.bodies))
        status = tracker.status_where(is_live)
        if status.network != "none" and not network_can_be_left():
            pytest.skip(f"THIS COMPUTER DOES NOT LET THE TRACKER LEAVE THE NETWORK: {status.network}")
        assert status.network == "none"
        pid = tracker.process.pid
        threads = [thread / "net/dev" for thread in Path(f"/proc/{pid}/task").iterdir()]
        assert len(threads) > 3
        for thread in threads:
            interfaces = [line.split(":")[0].strip() for line in thread.read_text().splitlines()[2:]]
            assert interfaces == ["lo"]
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        core = next(line for line in limits if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"], "a crash leaves no picture on the disk"
        # The interface has never been up, and has sent nothing.
        assert all(int(field) == 0 for field in threads[0].read_text().splitlines()[2].split()[1:])


def test_a_skeleton_needs_no_landmarker(performer: Path) -> None:
    with TrackerProcess(source={"source": str(performer)}) as tracker:
        pose = tracker.pose_where(lambda pose: pose.sequence > 20)
        assert number_of(pose) == pose.sequence % 30
        status = tracker.status_where(lambda status: status.fps > 0)
        assert (status.source, status.state) == ("demo.skeleton", "live")
        loaded = Path(f"/proc/{tracker.process.pid}/maps")
        if loaded.exists():
            assert "mediapipe" not in loaded.read_text()
            assert "cv2" not in loaded.read_text()
        assert tracker.stop(signal.SIGINT)[0] == 0


@v4l2
def test_without_a_camera_the_demo_performer_plays_until_one_appears(camera: VirtualCamera, tmp_path: Path) -> None:
    plug = tmp_path / "plug"
    performer = write_performer(tmp_path / "demo.skeleton", count=1000, rate_hz=1000.0)  # sequence numbers run ahead
    text = {"demo": str(performer), "plug": str(plug), "device": camera.device}
    with TrackerProcess(camera.environment, source={"source": "auto"}, **text) as tracker:
        status = tracker.status_where(is_live)
        assert status.source == "demo performer"
        assert "no camera" in status.detail
        demo = tracker.pose_where(lambda pose: pose.sequence > 500)
        plug.touch()
        status = tracker.status_where(lambda status: status.source == "Virtual Camera (/dev/video42)")
        assert (status.state, status.detail) == ("live", "")
        tracked = tracker.pose_where(lambda pose: pose.bodies != () and pose.inference_s > 0.0)
        assert tracked.sequence > demo.sequence
        assert tracked.capture_time_s > demo.capture_time_s
        log = tracker.stop()[1]
    assert "no camera found" in log
    assert "takes over from the demo performer" in log


@pytest.mark.parametrize("text", ["no-such-file.mp4", "gopher://camera"])
def test_a_source_that_cannot_be_ends_the_tracker_with_the_users_exit_code(text: str) -> None:
    with TrackerProcess(source={"source": text}) as tracker:
        tracker.process.wait(20)
        code, message = tracker.stop()
    assert code == 2
    assert "Allowed are auto, demo" in message
    assert "Traceback" not in message


class NetworkCamera:
    """A camera on the network: MJPEG over HTTP on this computer."""

    def __init__(self, clip: Path) -> None:
        with Clip(clip) as film:
            shots = [film.read() for _ in range(20)]
        frames = [cv2.imencode(".jpg", fit(shot[0]))[1].tobytes() for shot in shots if shot]
        self._frames = frames
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._server: http.server.ThreadingHTTPServer | None = None
        self._closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://anna:secret@127.0.0.1:{self.port}/stream.mjpg"

    def open(self) -> None:
        frames, closing = self._frames, self._closing
        closing.clear()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                number = 0
                try:
                    while not closing.wait(0.033):
                        jpeg = frames[number % len(frames)]
                        number += 1
                        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                        self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:
                    return  # the tracker has closed the connection

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def close(self) -> None:
        self._closing.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture
def network_camera() -> Iterator[NetworkCamera]:
    camera = NetworkCamera(footage.clip("dancer"))
    camera.open()
    yield camera
    camera.close()


def test_a_camera_on_the_network_is_tracked_lost_and_opened_again(network_camera: NetworkCamera) -> None:
    with TrackerProcess(source={"source": network_camera.url}) as tracker:
        pose = tracker.pose_where(lambda pose: bool(pose.bodies))
        assert (pose.width, pose.height) == (640, 480)
        status = tracker.status_where(is_live)
        assert status.network.startswith("this process can reach the network, because its source is on it")
        network_camera.close()
        waiting = tracker.status_where(is_waiting)
        assert "trying again" in waiting.detail
        network_camera.open()
        tracker.status_where(is_live)
        assert tracker.pose().sequence > pose.sequence
        code, text = tracker.stop()
    assert code == 0
    assert "secret" not in text + repr(status) + repr(waiting)


def test_heart_beats_are_sent_with_the_status(performer: Path, own_folders: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(own_folders / "notify"))
        supervisor.settimeout(20)
        environment = {"NOTIFY_SOCKET": str(own_folders / "notify"), "WATCHDOG_USEC": "400000"}
        with TrackerProcess(environment, source={"source": str(performer)}) as tracker:
            assert supervisor.recv(1000) == b"READY=1\nSTATUS=demo.skeleton"
            beats: list[str] = []
            while len(beats) < 3 or "fps, 1 person: demo.skeleton" not in "\n".join(beats):
                beats.append(supervisor.recv(1000).decode())
                assert len(beats) < 50, f"five times the time in which its status is due: {beats}"
            assert all(beat.startswith("WATCHDOG=1") for beat in beats)
            tracker.process.send_signal(signal.SIGTERM)
            while (last := supervisor.recv(1000)) != b"STOPPING=1":
                assert b"WATCHDOG=1" in last.split(b"\n")  # perhaps with a longer watchdog
