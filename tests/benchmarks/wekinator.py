"""In Wekinator's place: how soon numbers are answered, and what becomes of thousands a second.

`gesturesynth run --wekinator` gets 66 numbers a message, as a pose of 33 points has, and answers with five outputs. The
client encodes by hand, so that its own time is small.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from gesturesynth.config.preset.wekinator import MOST_OUTPUTS
from gesturesynth.control.osc.codec import FloatsMessage, encode
from gesturesynth.control.osc.wekinator_addresses import DONE_TRAINING
from gesturesynth.runtime.messages import ConductorStatus
from tests.benchmarks.figures import Figure, of, single
from tests.benchmarks.setup import MeasuringError, Plan
from tests.support.app_process import AppProcess

TITLE = "In Wekinator's place: 66 inputs, 5 outputs"
INPUTS, OUTPUTS = 66, 5
RATE_HZ = 4000
APART_S = 0.004
LATE_S = 0.5
TRAINED_WITHIN_S = 20.0
PRESET = """\
name: Wekinator
wekinator: {{inputs: {inputs}, outputs: {outputs}, send_to: {{port: {port}}}}}
smoothing: {{min_cutoff: 1000 Hz}}
confidence: 4
"""


def write_pieces(home: Path, port_in: int, port_out: int, inputs: int, outputs: int) -> None:
    """The preset `wekinator` with two examples, and settings with a port of its own, for an `AppProcess`."""
    presets = home / "config" / "presets"
    presets.mkdir(parents=True)
    (presets / "wekinator.yaml").write_text(PRESET.format(inputs=inputs, outputs=outputs, port=port_out))
    names = [f'"feature:wek.{number} [0, 1] = wek.{number}"' for number in range(1, inputs + 1)]
    names += [f"output:out_{number}" for number in range(1, outputs + 1)]
    rows = [[low] * inputs + [value] * outputs for low, value in ((0.2, 0.1), (0.8, 0.9))]
    lines = [",".join(names), *(",".join(map(str, row)) for row in rows)]
    (presets / "wekinator.csv").write_text("\n".join(lines) + "\n")
    (home / "config" / "gesturesynth.yaml").write_text(f"inputs: {{port: {port_in}}}\n")


def free_port() -> int:
    """A UDP port that no program has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def measure(plan: Plan) -> Iterator[Figure]:
    """One message at a time, then thousands a second."""
    home = plan.folder / "wekinator"
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        write_pieces(home, port, ours.getsockname()[1], INPUTS, OUTPUTS)
        with AppProcess("--wekinator", "--audio", "null", home=home) as running:
            status = running.until(ConductorStatus, lambda status: bool(status.model), "a model")
            running.until_logged("OSC output opened")
            conductor = psutil.Process(status.pid)
            ours.settimeout(LATE_S)
            took_ms = _round_trips(ours, port, plan.choose(2000, 200))
            yield of(
                "a message and its answer", "ms", took_ms, aim_median=0.5, aim_p99=2.0, note="Wekinator: 0.87, p99 5.8"
            )
            yield from _flood(ours, conductor, port, plan.choose(6, 2))
            for count, aim_s, theirs_s in ((100, 0.5, 18.6), (1000, 0.6, 296.0)):
                times_s = [_training_s(ours, port, count) for _ in range(plan.choose(5, 1))]
                what = f"{count} examples, 5 outputs: trained"
                yield of(what, "s", times_s, aim_median=aim_s, note=f"Wekinator: {theirs_s:g} s")
    yield from _many_outputs(plan)


def _round_trips(ours: socket.socket, port: int, count: int) -> list[float]:
    """How long each of so many answers took, ms."""
    message = FloatsMessage("/wek/inputs", INPUTS)
    took_ms: list[float] = []
    for number in range(count):
        _drain(ours)
        sent_s = time.perf_counter()
        ours.sendto(message.fill([0.2 + 0.6 * (number % 7) / 7] * INPUTS), ("127.0.0.1", port))
        try:
            ours.recv(65536)
        except TimeoutError:
            raise MeasuringError(f"no answer to message {number + 1} came within {LATE_S:g} s") from None
        took_ms.append(1000 * (time.perf_counter() - sent_s))
        time.sleep(APART_S)
    return took_ms


def _flood(ours: socket.socket, conductor: psutil.Process, port: int, seconds: int) -> Iterator[Figure]:
    message = FloatsMessage("/wek/inputs", INPUTS)
    busy_s, begun_s, sent, answers = _processor_s(conductor), time.monotonic(), 0, 0
    lost = _kernel_drops(port)
    while (passed_s := time.monotonic() - begun_s) < seconds:
        while sent < passed_s * RATE_HZ:
            ours.sendto(message.fill([sent % 100 / 100] * INPUTS), ("127.0.0.1", port))
            sent += 1
        answers += _drain(ours)
        time.sleep(1 / RATE_HZ)
    time.sleep(LATE_S)
    answers += _drain(ours)
    what = f"{RATE_HZ} messages a second"
    lost = _kernel_drops(port) - lost
    yield single(f"{what}: lost before they were read", "", lost, aim=0.0, note=f"of {sent}")
    yield single(f"{what}: answers", "/s", answers / seconds, note="Wekinator loses messages above 500 a second")
    yield single(f"{what}: not answered", "%", max(0.0, 100 - 100 * answers / sent), aim=0.0)
    share = 100 * (_processor_s(conductor) - busy_s) / (seconds + LATE_S)
    yield single(f"{what}: the conductor's processor time", "%", share, note="of one core")


def _training_s(ours: socket.socket, port: int, count: int) -> float:
    """How long it takes from `train` to `done-training`, with so many new examples for two sounds, seconds."""
    message = FloatsMessage("/wek/inputs", INPUTS)

    def control(name: str, *values: float) -> None:
        ours.sendto(encode(f"/wekinator/control/{name}", *values), ("127.0.0.1", port))

    control("deleteAllExamples")
    for part in (0.25, 0.75):
        control("outputs", *[part] * OUTPUTS)
        control("startRecording")
        for number in range(count // 2):
            ours.sendto(message.fill([part + 0.1 * number / count] * INPUTS), ("127.0.0.1", port))
            time.sleep(0.001)
        time.sleep(0.3)
        control("stopRecording")
        time.sleep(0.5)
    _drain(ours)
    begun_s = time.perf_counter()
    control("train")
    while time.perf_counter() - begun_s < TRAINED_WITHIN_S:
        if select.select([ours], [], [], 0.1)[0] and ours.recv(65536).startswith(DONE_TRAINING.encode()):
            return time.perf_counter() - begun_s
    raise MeasuringError(f"{count} examples were not trained within {TRAINED_WITHIN_S:g} s")


def _many_outputs(plan: Plan) -> Iterator[Figure]:
    """What 512 outputs cost, 60 times a second."""
    home, port, seconds = plan.folder / "wekinator-512", free_port(), plan.choose(10, 3)
    message = FloatsMessage("/wek/inputs", INPUTS)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        write_pieces(home, port, ours.getsockname()[1], INPUTS, MOST_OUTPUTS)
        with AppProcess("--wekinator", "--audio", "null", home=home) as running:
            status = running.until(ConductorStatus, lambda status: bool(status.model), "a model")
            running.until_logged("OSC output opened")
            conductor = psutil.Process(status.pid)
            answers, busy_s, begun_s = 0, _processor_s(conductor), time.monotonic()
            for number in range(60 * seconds):
                ours.sendto(message.fill([number % 60 / 60] * INPUTS), ("127.0.0.1", port))
                time.sleep(max(0.0, begun_s + (number + 1) / 60 - time.monotonic()))
                answers += _drain(ours, MOST_OUTPUTS)
            time.sleep(LATE_S)
            answers += _drain(ours, MOST_OUTPUTS)
            share = 100 * (_processor_s(conductor) - busy_s) / (time.monotonic() - begun_s)
    note = f"of one core; {answers} answers to {60 * seconds}"
    yield single(f"{MOST_OUTPUTS} outputs, 60 messages a second: the conductor's processor time", "%", share, note=note)


def _drain(ours: socket.socket, outputs: int = OUTPUTS) -> int:
    """Takes what has come; how many datagrams of outputs."""
    count = 0
    while select.select([ours], [], [], 0)[0]:
        floats = ours.recv(65536)[-4 * outputs :]
        count += len(floats) == 4 * outputs
    return count


def _processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _kernel_drops(port: int) -> int:
    """Datagrams to a UDP port that the kernel has dropped, as /proc/net/udp counts them."""
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}"):
            return int(fields[-1])
    raise MeasuringError(f"the kernel knows no UDP port {port}")
