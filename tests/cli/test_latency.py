"""`gesturesynth latency`: the real chain with a virtual camera and JACK without a card, and what it refuses."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zmq

from gesturesynth.cli import latency
from gesturesynth.cli.app import main
from gesturesynth.core import paths
from gesturesynth.ops.latency.screens import BRIGHT, DARK, TerminalScreen
from gesturesynth.runtime.messages import EngineStatus
from gesturesynth.runtime.pubsub import Publisher
from tests.support import footage
from tests.support.jack_server import JackServer
from tests.support.statuses import engine_status

FLASHES = 8
SETTINGS = "# our camera\ncamera: {width: 800}  # as it is sold\npredict: 10 ms  # a guess\n"


def refused(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["latency", *flags])
    assert isinstance(left.value.code, int)
    return left.value.code, capsys.readouterr().err


@pytest.mark.quiet
def test_flashes_go_through_the_whole_chain_and_the_proposal_is_written(tmp_path: Path) -> None:
    clip, config = footage.clip("dancer"), tmp_path / "gesturesynth.yaml"
    config.write_text(SETTINGS, encoding="utf-8")
    flags = f"--write --config {config} --flashes {FLASHES}".split()
    with JackServer() as server:
        done = subprocess.run(
            [sys.executable, "-m", "gesturesynth", "latency", *f"--source {clip} --audio jack --json".split(), *flags],
            env=server.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["flashes"] == FLASHES
    assert FLASHES - 2 <= found["heard"] <= found["seen"] <= FLASHES
    assert found["persons"] == found["seen"], "the dancer is in every frame"
    parts = {part["name"]: part["median_ms"] for part in found["parts"]}
    assert list(parts) == ["camera", "waiting", "tracking", "conductor", "engine"]
    assert all(figure > 0.0 for figure in parts.values())
    # Of one flash the parts add up exactly, of medians nearly.
    assert found["total"]["median_ms"] == pytest.approx(sum(parts.values()), rel=0.5)
    assert found["card_ms"] > 0.0
    proposed = found["proposal_ms"]
    assert proposed % 5 == 0
    assert 0 < proposed <= 60
    assert config.read_text() == SETTINGS.replace("10 ms", f"{proposed} ms")


def test_where_no_flash_can_be_seen_it_says_why(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert refused(capsys, "--source", "demo") == (
        2,
        "gesturesynth: a skeleton recording sees no flash: give a camera with --source, or a video file\n",
    )
    code, sentence = refused(capsys)
    assert (code, "there is no camera that could see a flash" in sentence) == (1, True)
    code, sentence = refused(capsys, "--source", "http://127.0.0.1:9/")
    assert (code, "a terminal has to light up" in sentence) == (2, True)
    assert refused(capsys, "--flashes", "0")[0] == 2
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    if os.getuid():
        code, sentence = refused(capsys, "--write", "--config", str(folder / "gesturesynth.yaml"))
        assert (code, "may not be written by this user" in sentence) == (2, True)


class _Terminal(io.StringIO):
    """Standard input of a terminal that is at its end: Ctrl-D was pressed."""

    def isatty(self) -> bool:
        return True


def test_ctrl_d_instead_of_enter_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    code, sentence = refused(capsys, "--source", "http://127.0.0.1:9/")
    assert (code, sentence) == (2, "gesturesynth: nothing was measured: it begins when Enter is pressed\n")


def test_ctrl_c_leaves_the_terminal_and_nothing_else(own_folders: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gesturesynth", "latency", "--source", "http://127.0.0.1:9/", "--audio", "null"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TMPDIR": str(own_folders)},
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    for awaited, then in ((b"press Enter.", lambda: os.write(ours, b"\n")), (b"Starting", lambda: None)):
        with contextlib.suppress(OSError):  # it has ended, and closed its terminal
            while awaited not in said:
                said += os.read(ours, 4096)
        then()
    try:
        assert b"Starting" in said, said.decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(20.0) == 130
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert not list(own_folders.glob("gs-latency-*"))


@contextmanager
def engine_that_runs() -> Iterator[None]:
    """Sends the status of an engine, as one does."""
    over = threading.Event()

    def send() -> None:
        with zmq.Context() as context:
            statuses = Publisher(context, EngineStatus)
            while not over.wait(0.05):
                statuses.send(engine_status())
            statuses.close()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_it_does_not_run_beside_another_one(capsys: pytest.CaptureFixture[str]) -> None:
    with engine_that_runs():
        code, sentence = refused(capsys, "--source", str(footage.clip("dancer")))
    assert (code, "Gesture Synth runs, and has the camera and the sound: end it first" in sentence) == (2, True)


def test_settings_that_are_not_there_are_begun() -> None:
    target = latency._write(None, 35)
    assert target == paths.config_dir() / "gesturesynth.yaml"
    assert target.read_text() == "predict: 35 ms\n"
    latency._write(None, 20)
    assert target.read_text() == "predict: 20 ms\n"


def test_settings_keep_the_ends_of_their_lines_and_the_mark_of_an_editor(tmp_path: Path) -> None:
    target = tmp_path / "gesturesynth.yaml"
    target.write_bytes(codecs.BOM_UTF8 + "# für die Bühne\r\npredict: 10 ms  # a guess\r\n".encode())
    latency._write(target, 35)
    assert target.read_bytes() == codecs.BOM_UTF8 + "# für die Bühne\r\npredict: 35 ms  # a guess\r\n".encode()


def test_a_terminal_lights_up_as_a_whole_and_comes_back_as_it_was(tmp_path: Path) -> None:
    with (tmp_path / "terminal").open("w+", encoding="utf-8") as stream:
        screen = TerminalScreen(stream)
        screen.close()
        assert not (tmp_path / "terminal").read_text(), "it was not begun"
        screen.begin()
        dark = (tmp_path / "terminal").read_text()
        first_s = screen.show(on=True)
        lit = (tmp_path / "terminal").read_text()[len(dark) :]
        assert screen.show(on=False) >= first_s
        screen.close()
        everything = (tmp_path / "terminal").read_text()
    width, height = shutil.get_terminal_size()
    assert BRIGHT not in dark
    assert lit.startswith(f"\x1b[H{BRIGHT}")
    assert lit.count(" ") == width * height
    assert DARK in everything[len(dark) + len(lit) :]
    assert everything.endswith("\x1b[?1049l")
