"""`python -m tests.wekinator`: a session by a library for Wekinator (npm), and broken packets; says what came of it."""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.input_server import InputServer, InputSettings
from gesturesynth.control.osc.wekinator_addresses import PieceNames, steps_of
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import ConductorStatus
from tests.benchmarks.wekinator import free_port
from tests.support.app_process import AppProcess
from tests.wekinator.packets import broken_packets

HERE: Final = Path(__file__).parent
PRESET: Final = """\
name: Wekinator
wekinator: {{inputs: 2, outputs: 2, send_to: {{port: {port}}}}}
smoothing: {{min_cutoff: 1000 Hz}}
confidence: 4
model: ridge
gestures: {{throw: {{}}}}
"""
NAMES: Final = PieceNames(("out_1", "out_2"), ("out_1", "out_2"), ("throw",), 2)
RATE_HZ: Final = 2500
GROWTH_MB: Final = 30.0
"""Takes, presets and models that broken packets happen to ask for are kept."""


def main(text: list[str] | None = None) -> int:
    """Runs it. Returns 0 when all of it holds, else 1."""
    flags = _flags(text)
    with tempfile.TemporaryDirectory(prefix="gs-wekinator-") as folder:
        kept = [
            *([_session(Path(folder))] if not flags.no_session else []),
            *([_read(flags.packets, flags.seed)] if flags.packets else []),
            *([_sent(Path(folder), flags.sent, flags.seed + 1)] if flags.sent else []),
        ]
    print("All of it holds." if all(kept) else "Not all of it holds.")
    return 0 if all(kept) else 1


def _flags(text: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.wekinator", description=__doc__)
    parser.add_argument("--packets", type=int, default=1_000_000, help="broken packets that are read in one process")
    parser.add_argument(
        "--sent", type=int, default=50_000, help="broken packets that are sent to a whole Gesture Synth"
    )
    parser.add_argument("--seed", type=int, default=20260301)
    parser.add_argument("--no-session", action="store_true", help="without node and npm")
    return parser.parse_args(text)


def _write(home: Path, port: int, ours: int) -> None:
    presets = home / "config" / "presets"
    presets.mkdir(parents=True)
    (presets / "wekinator.yaml").write_text(PRESET.format(port=ours))
    (home / "config" / "gesturesynth.yaml").write_text(f"inputs: {{port: {port}}}\n")


def _session(folder: Path) -> bool:
    """The session of `session.js`; its libraries are installed as the lock file says, without running their scripts."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("node and npm are needed for the session: `apt-get install nodejs npm`, or --no-session")
        return False
    scripts, home = folder / "scripts", folder / "session"
    scripts.mkdir()
    for name in ("package.json", "package-lock.json", "session.js"):
        shutil.copy(HERE / name, scripts)
    install = ["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=scripts, check=True)
    port, ours = free_port(), free_port()
    _write(home, port, ours)
    with AppProcess("--wekinator", "--audio", "null", home=home) as running:
        running.until_logged("OSC output opened")
        command = ["node", "session.js", str(port), str(ours)]
        done = subprocess.run(command, cwd=scripts, capture_output=True, text=True, check=False, timeout=170)
        print(done.stderr, file=sys.stderr, end="")
        results: dict[str, bool] = json.loads(done.stdout or "{}")
        takes = running.until(ConductorStatus, lambda status: not status.session.takes, "no takes").session.takes
        preset = (home / "config" / "presets" / "wekinator.yaml").read_text()
        results["setInputNames"] = "input_names: [x, y]" in preset
        results["setOutputNames"] = "output_names: [left, right]" in preset
        results["deleteAllExamples"] = not takes
    for step, went in results.items():
        print(f"  {'well ' if went else 'WRONG'} {step}")
    return len(results) > 3 and all(results.values())


def _read(count: int, seed: int) -> bool:
    """Broken packets, taken apart and made into commands, which are not carried out."""
    server = InputServer(InputSettings(port=0))
    server.follow([InputSetup("wek", "/wek/inputs", 2)])
    server.obeys = True
    commands = sentences = 0
    begun_s = time.process_time()
    for packet in broken_packets(count, seed):
        server.take(packet, ("127.0.0.1", 5000), 1.0)
        for message in server.take_controls():
            result = steps_of(message, NAMES)
            commands, sentences = commands + (not isinstance(result, str)), sentences + isinstance(result, str)
    took_s = time.process_time() - begun_s
    counts = server.counts
    server.close()
    print(
        f"{count} broken packets (seed {seed}): {counts.values} inputs, {commands} commands, {sentences} sentences, "
        f"{counts.refused} refused; {took_s:.1f} s of processor time, {1e6 * took_s / max(1, count):.0f} us each"
    )
    return counts.controls == commands + sentences


def _sent(folder: Path, count: int, seed: int) -> bool:
    """Broken packets to a whole Gesture Synth, which carries out the commands in them; then it must still answer."""
    home, port = folder / "sent", free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(0.5)
        _write(home, port, ours.getsockname()[1])
        with AppProcess("--wekinator", "--audio", "null", home=home) as running:
            running.until_logged("OSC output opened")
            conductor = psutil.Process(running.until(ConductorStatus, lambda _: True, "a status").pid)
            before_mb, before_s = conductor.memory_info().rss / 2**20, sum(conductor.cpu_times()[:2])
            begun_s = time.monotonic()
            for number, packet in enumerate(broken_packets(count, seed)):
                ours.sendto(packet, ("127.0.0.1", port))
                if (left_s := begun_s + number / RATE_HZ - time.monotonic()) > 0.002:
                    time.sleep(left_s)
            after_mb, after_s = conductor.memory_info().rss / 2**20, sum(conductor.cpu_times()[:2])
            for address in ("disablePerformanceMode", "startRunning"):
                ours.sendto(encode(f"/wekinator/control/{address}"), ("127.0.0.1", port))
            answered = _answered(ours, port)
            alive = conductor.is_running()
    print(
        f"{count} broken packets sent (seed {seed}): the conductor {'lives' if alive else 'ENDED'} and "
        f"{'answers' if answered else 'DOES NOT ANSWER'}; {after_s - before_s:.1f} s of processor time, "
        f"memory {before_mb:.0f} to {after_mb:.0f} MB"
    )
    return alive and answered and after_mb - before_mb < GROWTH_MB


def _answered(ours: socket.socket, port: int) -> bool:
    for _ in range(60):
        ours.sendto(encode("/wek/inputs", 0.5, 0.5), ("127.0.0.1", port))
        try:
            if ours.recv(4096).startswith(b"/wek/outputs\0"):
                return True
        except TimeoutError:
            continue
    return False


if __name__ == "__main__":
    sys.exit(main())
