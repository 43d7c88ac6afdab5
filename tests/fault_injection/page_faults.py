"""`python -m tests.fault_injection.page_faults`: the web page when it is killed, hangs, or the disk is full.

It needs root, for a disk of its own that can be full, and writes the second table in docs/reliability.md. `gesturesynth
run` supervises here; a killed or hanging page of the service is started again by systemd, by the same heart-beat.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import psutil

from gesturesynth.runtime.messages import Sound
from tests.benchmarks import machine
from tests.benchmarks.setup import Arrivals
from tests.fault_injection.report import PAGE
from tests.support.app_process import AppProcess
from tests.support.waiting import wait_for

BEGIN, END = "<!-- measured: faults of the page -->", "<!-- end of measured faults of the page -->"
ELSEWHERE: Final = {"X-Forwarded-For": "192.0.2.9"}
RECOVERY_S: Final = 60.0
GAP_S: Final = 0.5
"""`Sound` messages come at least ten times a second; a longer gap is a silence of the conductor."""


@dataclass(frozen=True)
class Outcome:
    """Of one fault: seconds until the page is served again, what it said, and the longest gap between sounds."""

    served_s: float
    said: str
    gap_s: float


class Setup:
    """A run whose page lets paired devices in, at a port that stays.

    Args:
        running: it.
        port: of the page.
        disk: the folder in which paired devices are remembered, on a disk of its own.
    """

    def __init__(self, running: AppProcess, port: int, disk: Path) -> None:
        self._running = running
        self._port = port
        self._disk = disk

    @property
    def page(self) -> psutil.Process:
        """The process that serves it."""
        assert self._running.process
        children = psutil.Process(self._running.process.pid).children(recursive=True)
        return next(child for child in children if "page" in child.cmdline())

    def others(self) -> set[int]:
        """The other processes of the run."""
        assert self._running.process
        children = psutil.Process(self._running.process.pid).children(recursive=True)
        return {child.pid for child in children if {"tracker", "conductor", "engine"} & set(child.cmdline())}

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Status and body of the answer; status 0 where there is none within half a second."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=0.5)
        try:
            connection.request(method, path, body, {"Accept": "text/html, */*"} | (headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def served(self) -> bool:
        """Whether it is served now."""
        return self.request("GET", "/")[0] == 200

    def pair(self) -> tuple[int, str]:
        """A device pairs with a fresh code: status and body of the answer."""
        done = subprocess.run(
            [sys.executable, "-m", "gesturesynth", "page", "pair", "--json"],
            env=os.environ | self._running.folders,
            capture_output=True,
            text=True,
            check=True,
        )
        wish = json.dumps({"code": json.loads(done.stdout)["code"], "name": "a phone"}).encode()
        headers = ELSEWHERE | {"Origin": f"http://127.0.0.1:{self._port}"}
        return self.request("POST", "/pair", wish, headers)

    def killed(self, number: signal.Signals) -> str:
        """Sends a signal to the page, and waits for its next life."""
        before = self.page
        before.send_signal(number)
        wait_for(lambda: not before.is_running() and self.served(), "the page's next life", RECOVERY_S)
        return "nothing"

    def filled(self) -> str:
        """Fills the disk, pairs, and makes room again."""
        ballast = self._disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass
        status, body = self.pair()
        assert self.served(), "the page is served"
        ballast.unlink()
        assert status == 403, (status, body)
        assert self.pair()[0] == 200, "a device is paired when there is room again"
        return f'the pairing, with the sentence "{json.loads(body)["text"].partition(": ")[2]}"'

    def measure(self, strike: Callable[[], str]) -> Outcome:
        """Does it, and looks at what the others do meanwhile."""
        others = self.others()
        with Arrivals(self._running.runtime, Sound) as arrivals:
            time.sleep(1.0)
            begun_s = time.monotonic()
            said = strike()
            served_s = time.monotonic() - begun_s
            time.sleep(1.0)
        assert self.others() == others, "no other process is started again"
        times_s = [arrived_s for arrived_s, _ in arrivals.heard[Sound]]
        return Outcome(served_s, said, max(later - earlier for earlier, later in pairwise(times_s)))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 64 kB at a folder."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def measure(repeats: int) -> dict[str, list[Outcome]]:
    """Outcomes by the name of the fault."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="gs-") as name, small_disk(Path(name) / "state" / "page") as disk:
        config = Path(name) / "config"
        config.mkdir()
        (config / "gesturesynth.yaml").write_text("page: {listen: 192.0.2.0/24}\n", encoding="utf-8")
        flags = ("--source", "demo", "--audio", "null", "--preset", "theremin", f"--page-port={port}")
        with AppProcess(*flags, home=Path(name)) as running:
            running.wait_until_playing()
            made = Setup(running, port, disk)
            wait_for(made.served, "the page")
            faults: dict[str, Callable[[], str]] = {
                "page killed (SIGKILL)": lambda: made.killed(signal.SIGKILL),
                "page hangs (SIGSTOP)": lambda: made.killed(signal.SIGSTOP),
                "disk full while a device pairs, then with room again": made.filled,
            }
            found = {fault: [made.measure(strike) for _ in range(repeats)] for fault, strike in faults.items()}
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
        "| fault | seconds to the page | longest gap between sounds | what was lost | started again |",
        "| --- | --: | --: | --- | --- |",
    ]
    for fault, outcomes in found.items():
        full = fault.startswith("disk")
        times_s = [outcome.served_s for outcome in outcomes]
        to_page = "always served" if full else f"{statistics.median(times_s):.1f} ({max(times_s):.1f})"
        gap = f"{max(outcome.gap_s for outcome in outcomes):.2f} s"
        lines.append(f"| {fault} | {to_page} | {gap} | {outcomes[0].said} | {'none' if full else 'page'} |")
    return "\n".join(lines)


def main(text: list[str] | None = None) -> int:
    """Runs it, prints the table and writes it into docs/reliability.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault_injection.page_faults", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="how often each is done (3)")
    flags = parser.parse_args(text)
    if os.geteuid() != 0:
        print("only root can make a disk of its own: sudo .venv/bin/python -m tests.fault_injection.page_faults")
        return 2
    table = markdown(measure(flags.repeats), datetime.now(UTC))
    print(table)
    page = PAGE.read_text(encoding="utf-8")
    block = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    PAGE.write_text(block.sub(lambda _: f"{BEGIN}\n{table}\n{END}", page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
