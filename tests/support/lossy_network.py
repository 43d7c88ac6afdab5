"""Two network namespaces with a bad network between them: delay, jitter, loss, and a cable that is pulled out.

with LossyNetwork() as network:
    network.delay_s, network.loss = 0.04, 0.05
    network.start("camera", [...])

Each namespace has a TUN device; a thread here carries the packets from one to the other. So there is real TCP with real
losses on both sides, from a fixed seed, also where the kernel has no netem.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import itertools
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

TUN = Path("/dev/net/tun")
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_TUNSETIFF = 0x400454CA  # linux/if_tun.h
_IFF_TUN_NO_PI = 0x0001 | 0x1000  # linux/if_tun.h
ADDRESSES = {"camera": "10.213.7.1", "stage": "10.213.7.2"}


def missing() -> str:
    """Why there can be none here; empty where there can."""
    if os.geteuid() != 0:
        return "only root can make network namespaces"
    if not shutil.which("ip"):
        return "iproute2 is missing: run `.ci/setup test`"
    if not TUN.exists():
        return "this kernel has no TUN devices"
    name = f"gs-try-{os.getpid()}"
    done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"no network namespaces here: {done.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", name], check=False)
    return ""


class LossyNetwork:
    """The network. A context manager.

    Attributes:
        delay_s: of every packet, each way; `jitter_s` is added to it at random, up to so much.
        loss: the part of packets that is lost.
        cut: nothing passes.
        carried: packets that have passed; `lost` those that have not.
    """

    def __init__(self, seed: int = 14) -> None:
        self.delay_s = self.jitter_s = self.loss = 0.0
        self.cut = False
        self.carried = self.lost = 0
        self._random = random.Random(seed)
        self._names = {side: f"gs-{side}-{os.getpid()}" for side in ADDRESSES}
        self._devices: dict[str, int] = {}
        self._processes: list[subprocess.Popen[str]] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self) -> Self:
        for side, name in self._names.items():
            _ip("netns", "add", name)
            opener = threading.Thread(target=self._open, args=(side,))  # a thread may change its own namespace
            opener.start()
            opener.join()
            _ip("-n", name, "addr", "add", f"{ADDRESSES[side]}/24", "dev", "gs0")
            _ip("-n", name, "link", "set", "gs0", "up")
            _ip("-n", name, "link", "set", "lo", "up")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(20)
        self._ending.set()
        if self._thread.ident:
            self._thread.join()
        for device in self._devices.values():
            os.close(device)
        for name in self._names.values():
            subprocess.run(["ip", "netns", "del", name], check=False)

    def start(self, side: str, command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
        """Starts a program at one side; the caller reads its output to the end, and closes it."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self._names[side], *command],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def _open(self, side: str) -> None:
        namespace = os.open(f"/run/netns/{self._names[side]}", os.O_RDONLY)
        assert ctypes.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        os.close(namespace)
        device = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH14x", b"gs0", _IFF_TUN_NO_PI))
        self._devices[side] = device

    def _carry(self) -> None:
        to = dict(zip(self._devices.values(), reversed(list(self._devices.values())), strict=True))
        waiting: list[tuple[float, int, int, bytes]] = []
        numbers = itertools.count()
        while not self._ending.is_set():
            now_s = time.monotonic()
            pause_s = min(0.05, max(0.0, waiting[0][0] - now_s)) if waiting else 0.05
            readable, _, _ = select.select(list(to), [], [], pause_s)
            for device in readable:
                packet = os.read(device, 65536)
                if self.cut or self._random.random() < self.loss:
                    self.lost += 1
                    continue
                due_s = time.monotonic() + self.delay_s + self._random.random() * self.jitter_s
                heapq.heappush(waiting, (due_s, next(numbers), to[device], packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, device, packet = heapq.heappop(waiting)
                os.write(device, packet)
                self.carried += 1


def _ip(*arguments: Any) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
