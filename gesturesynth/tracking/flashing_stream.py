"""A virtual camera: a clip with a patch that lights up, served as a network camera of this computer (MJPEG over HTTP).

For `gesturesynth latency` where there is no camera. It is read by the tracker as any network camera is. 127.0.0.1 only.
"""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.video_file import Clip

FRAMES: Final = 120
"""Of the clip, at most; they are kept encoded, so that serving them costs little."""
LONGEST_SIDE: Final = 640
PATCH: Final = 0.2
"""Of width and height: the lower left corner of the picture."""
RATE_HZ: Final = 30.0
_BOUNDARY: Final = "frame"


class FlashingStream:
    """Serves frames at a steady rate, forwards and backwards; the next one after a flash shows it.

    Args:
        clip: a video file; its first frames are used.
        rate_hz: frames a second.

    Attributes:
        address: of the stream.

    Raises:
        UserError: the clip cannot be read.
        GestureSynthError: no port can be opened.
    """

    def __init__(self, clip: Path, rate_hz: float = RATE_HZ) -> None:
        self._frames = _encoded(clip)
        self._period_s = 1.0 / rate_hz
        self._lit = threading.Event()
        self._ended = threading.Event()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        except OSError as error:
            raise GestureSynthError(f"the virtual camera cannot be served: {error.strerror}") from error
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="virtual-camera", daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """Goes dark."""
        self._lit.clear()

    def show(self, *, on: bool) -> float:
        """Lights the patch up, or lets it go dark; returns when, monotonic seconds."""
        if on:
            self._lit.set()
        else:
            self._lit.clear()
        return time.monotonic()

    def close(self) -> None:
        """Ends the server."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def send(self, out: Any) -> None:  # noqa: ANN401 - a socket as a file
        """Writes frames at their times, until the reader or the server ends."""
        count = len(self._frames)
        number, due_s = 0, time.monotonic()
        while not self._ended.wait(max(0.0, due_s - time.monotonic())):
            place = number % max(1, 2 * count - 2)
            dark, bright = self._frames[place if place < count else 2 * count - 2 - place]
            data = bright if self._lit.is_set() else dark
            head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            out.write(head.encode() + data + b"\r\n")
            number += 1
            due_s = max(due_s + self._period_s, time.monotonic())


def _encoded(path: Path) -> list[tuple[bytes, bytes]]:
    """Each frame as JPEG, without and with the patch."""
    found: list[tuple[bytes, bytes]] = []
    with Clip(path, on_warning=lambda _: None) as clip:
        while len(found) < FRAMES and (shot := clip.read()) is not None:
            found.append((_jpeg(_small(shot[0]), lit=False), _jpeg(_small(shot[0]), lit=True)))
        if not found:
            raise UserError(clip.why_empty())
    return found


def _small(image: Image) -> Image:
    scale = min(1.0, LONGEST_SIDE / max(image.shape[:2]))
    small: Image = load_cv2().resize(image, None, fx=scale, fy=scale)
    return small


def _jpeg(image: Image, *, lit: bool) -> bytes:
    height, width = image.shape[:2]
    image = image.copy()
    image[round(height * (1.0 - PATCH)) :, : round(width * PATCH)] = 255 if lit else 0
    return bytes(load_cv2().imencode(".jpg", image)[1])


def _handler(stream: FlashingStream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
            self.end_headers()
            try:
                stream.send(self.wfile)
            except OSError:
                return  # the reader has gone

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
            """Says nothing."""

    return Handler
