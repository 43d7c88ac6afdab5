"""`python -m tests.fault_injection.output_faults`: what drives other devices is killed, or hangs.

MIDI, light, actions and keys play one piece under `gesturesynth run`, which supervises them; those of the service are
started again by systemd, by the same heart-beat (`tests/system/test_install.py` kills them there). It writes a table in
docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import psutil

from gesturesynth.runtime.messages import ConductorStatus, Sound
from gesturesynth.runtime.restart_history import FILE, HEALTHY_S
from tests.benchmarks import machine
from tests.benchmarks.setup import Arrivals
from tests.fault_injection.report import PAGE
from tests.support.app_process import AppProcess
from tests.support.waiting import wait_for

BEGIN, END = "<!-- measured: faults of outputs -->", "<!-- end of measured faults of outputs -->"
RECOVERY_S: Final = 60.0
PROCESSES: Final = {
    "midi": "",
    "light": "nothing drives the lamps",
    "actions": "nothing carries out the actions",
    "action-keys": "",
}
"""What the conductor says while it sends to no such process. Nothing for two: keys are sent what actions are; MIDI is
received only where there is a sequencer, which the machine that is measured may not have."""
FAULTS: Final = {"killed (SIGKILL)": signal.SIGKILL, "hangs (SIGSTOP)": signal.SIGSTOP}
SETTINGS: Final = """\
midi: {enabled: yes}
light: {enabled: yes}
actions: {enabled: yes, keys: [RIGHT]}
"""
PIECE: Final = """\
name: Outputs
features: [right_wrist.height]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}
snapshots:
  1: {pitch: 220}
  2: {pitch: 880}
midi: {controls: [{from: pitch, number: 20}]}
light: {front: {channel: 1, level: right_wrist.height}}
actions:
  comes: {when: person.comes, osc: {port: 7000, address: /comes}}
  page: {when: person.comes, key: RIGHT}
"""
EXAMPLES: Final = "feature:right_wrist.height,output:pitch\n-1.0,220\n0.0,440\n1.0,880\n"


@dataclass(frozen=True)
class Outcome:
    """Of one fault: seconds until the process works again, and the longest gap between two messages with sound."""

    works_s: float
    gap_s: float


def processes(running: AppProcess) -> dict[str, int]:
    """The process ids of the run, by the word that each was started with."""
    assert running.process
    children = psutil.Process(running.process.pid).children(recursive=True)
    words = ("tracker", "conductor", "engine", *PROCESSES)
    return {word: child.pid for child in children for word in words if word in child.cmdline()}


def works(running: AppProcess, name: str, before: int) -> bool:
    """Whether another process than before has begun, and the conductor sends to it, as far as it says so."""
    life = json.loads((running.runtime / name / FILE).read_bytes())
    if life["pid"] in (0, before):
        return False
    status = running.listen(ConductorStatus).fetch()[-1]
    sentence = PROCESSES[name]
    return not (sentence and any(note.startswith(sentence) for note in status.notes))


def inject(running: AppProcess, name: str, number: signal.Signals) -> Outcome:
    """Sends the signal to one process, and looks at all meanwhile."""
    before = processes(running)
    with Arrivals(running.runtime, Sound) as arrivals:
        time.sleep(1.0)
        psutil.Process(before[name]).send_signal(number)
        begun_s = time.monotonic()
        wait_for(lambda: works(running, name, before[name]), f"the next life of {name}", RECOVERY_S)
        works_s = time.monotonic() - begun_s
        time.sleep(1.0)
    after = processes(running)
    assert after.keys() == before.keys()
    assert {one for one in after if after[one] != before[one]} == {name}, "no other process is started again"
    times_s = [arrived_s for arrived_s, _ in arrivals.heard[Sound]]
    return Outcome(works_s, max(later - earlier for earlier, later in pairwise(times_s)))


def measure(repeats: int) -> dict[str, list[Outcome]]:
    """Outcomes by the name of the fault; starts before each are forgiven, as they are after ten good seconds."""
    found: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        config = Path(folder) / "config"
        (config / "presets").mkdir(parents=True)
        for name, text in {
            "gesturesynth.yaml": SETTINGS,
            "presets/outputs.yaml": PIECE,
            "presets/outputs.csv": EXAMPLES,
        }.items():
            (config / name).write_text(text, encoding="utf-8")
        flags = ("--source", "demo", "--audio", "null", "--preset", "outputs")
        with AppProcess(*flags, home=Path(folder)) as running:
            running.wait_until_playing()
            for name in PROCESSES:
                wait_for(partial(works, running, name, 0), name, RECOVERY_S)
            for kind, number in FAULTS.items():
                for _ in range(repeats):
                    for name in PROCESSES:
                        found.setdefault(f"{name} {kind}", []).append(inject(running, name, number))
                    time.sleep(HEALTHY_S)
            assert running.stop() == 0
    return found


def markdown(found: dict[str, list[Outcome]], when: datetime) -> str:
    """The table."""
    times, looked = len(next(iter(found.values()))), machine.describe_machine()
    busy = " **Other programs were busy on this machine: the times are too long.**" if looked.busy else ""
    head = f"Measured on {when:%Y-%m-%d} with `gesturesynth run`, each fault {times} times (median, worst in brackets)"
    lines = [
        f"{head}: {looked.lines()}.{busy}",
        "",
        "| fault | seconds until it works again | longest gap between sounds | started again |",
        "| --- | --: | --: | --- |",
    ]
    for fault, outcomes in found.items():
        times_s = [outcome.works_s for outcome in outcomes]
        gap_s = max(outcome.gap_s for outcome in outcomes)
        again = f"{statistics.median(times_s):.1f} ({max(times_s):.1f})"
        lines.append(f"| {fault} | {again} | {gap_s:.2f} s | {fault.partition(' ')[0]} |")
    return "\n".join(lines)


def main(text: list[str] | None = None) -> int:
    """Runs it, prints the table and writes it into docs/reliability.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault_injection.output_faults", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="how often each is done (3)")
    flags = parser.parse_args(text)
    table = markdown(measure(flags.repeats), datetime.now(UTC))
    print(table)
    page = PAGE.read_text(encoding="utf-8")
    block = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    PAGE.write_text(block.sub(lambda _: f"{BEGIN}\n{table}\n{END}", page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
