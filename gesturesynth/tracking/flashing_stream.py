"""A virtual camera: a clip with a patch that lights up, as a network camera of this computer (YUV4MPEG2 over HTTP).

For `gesturesynth latency` where there is no camera. It is read by the tracker as any network camera is. 127.0.0.1 only.
The frames are as they come from the clip, in the memory of this process: no line of the package can encode a picture.
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

FRAMES: Final = 60
"""Of the clip, at most; they are kept as they are sent, half a megabyte each, so that serving them costs little."""
LONGEST_SIDE: Final = 640
PATCH: Final = 0.2
"""Of width and height: the lower left corner of the picture."""
RATE_HZ: Final = 30.0


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
        self._head, self._frames = _prepared(clip, rate_hz)
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
        out.write(self._head)
        count = len(self._frames)
        number, due_s = 0, time.monotonic()
        while not self._ended.wait(max(0.0, due_s - time.monotonic())):
            place = number % max(1, 2 * count - 2)
            dark, bright = self._frames[place if place < count else 2 * count - 2 - place]
            out.write(b"FRAME\n" + (bright if self._lit.is_set() else dark))
            number += 1
            due_s = max(due_s + self._period_s, time.monotonic())


def _prepared(path: Path, rate_hz: float) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The head of the stream, and each frame without and with the patch, as planes of Y, U and V (4:2:0)."""
    found: list[tuple[bytes, bytes]] = []
    width = height = 0
    with Clip(path, on_warning=lambda _: None) as clip:
        while len(found) < FRAMES and (shot := clip.read()) is not None:
            image = _small(shot[0])
            height, width = image.shape[:2]
            found.append((_planes(image, lit=False), _planes(image, lit=True)))
        if not found:
            raise UserError(clip.why_empty())
    return f"YUV4MPEG2 W{width} H{height} F{round(rate_hz * 1000)}:1000 Ip A1:1 C420jpeg\n".encode(), found


def _small(image: Image) -> Image:
    """Of even width and height, as 4:2:0 needs them."""
    scale = min(1.0, LONGEST_SIDE / max(image.shape[:2]))
    height, width = (max(2, round(side * scale / 2) * 2) for side in image.shape[:2])
    small: Image = load_cv2().resize(image, (width, height))
    return small


def _planes(image: Image, *, lit: bool) -> bytes:
    height, width = image.shape[:2]
    image = image.copy()
    image[round(height * (1.0 - PATCH)) :, : round(width * PATCH)] = 255 if lit else 0
    return bytes(load_cv2().cvtColor(image, load_cv2().COLOR_BGR2YUV_I420).tobytes())


def _handler(stream: FlashingStream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/x-yuv4mpeg")
            self.end_headers()
            try:
                stream.send(self.wfile)
            except OSError:
                return  # the reader has gone

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
            """Says nothing."""

    return Handler
