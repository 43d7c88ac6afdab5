"""The process that sees people cannot reach the network, and no code of the package can write a picture."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zmq

import gesturesynth
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.tracking import network_isolation

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")

OTHER_USER, A_GROUP = 65534, 4242

CHILD = """
import encodings.idna, json, os, socket, sys, threading  # all at first: Python's files may be closed to that user
import zmq
from gesturesynth.runtime.pubsub import Pose, Publisher  # brings NumPy, whose idle threads must be no obstacle
from gesturesynth.tracking.network_isolation import leave_network
port, files, user, threads = json.loads(sys.argv[1])
if user:
    os.setgroups([4242]); os.setgid(user); os.setuid(user)
for _ in range(threads):
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def connects():
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True

def readable(path):
    try:
        open(path).close()
    except PermissionError:
        return False
    return True

def measure():
    return {"connects": connects(), "readable": [readable(path) for path in files], "user": os.getuid()}

before = measure()
network = leave_network()
report = {"before": before, "network": network, "again": leave_network(), "after": measure(),
          "interfaces": [name for _, name in socket.if_nameindex()]}
print(json.dumps(report), flush=True)
publisher = Publisher(zmq.Context(), Pose)
while sys.stdin.readline():
    publisher.send(Pose(1.0, 7, 640, 480, ()))
publisher.close()
os._exit(0)
"""


def leave(runtime: Path, files: list[Path], user: int = 0, threads: int = 0) -> dict[str, Any]:
    """What a child that leaves the network could do before and after; `received` is the pose that arrived by ZeroMQ."""
    runtime.mkdir(parents=True)
    if user:
        runtime.parent.chmod(0o755)
        os.chown(runtime, user, user)
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = json.dumps([server.getsockname()[1], [str(path) for path in files], user, threads])
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with child:
            assert child.stdout
            assert child.stdin
            report: dict[str, Any] = json.loads(child.stdout.readline())
            context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
            subscriber = Subscriber(context, Pose)
            received = None
            for _ in range(100):  # the subscription takes a moment to arrive
                child.stdin.write("\n")
                child.stdin.flush()
                if (received := subscriber.newest(0.05)) is not None:
                    break
            subscriber.close()
            context.term()
            child.stdin.close()
            child.wait(20)
    return {**report, "received": received}


def must_be_cut_off(report: dict[str, Any]) -> None:
    if report["network"] != network_isolation.NONE:
        pytest.skip(f"NOT TESTED, this kernel forbids it: {report['network']}")
    assert report["before"]["connects"], "the test's own server can be reached at first"
    assert not report["after"]["connects"], "and not even this computer itself afterwards"
    assert report["interfaces"] == ["lo"]
    assert report["again"] == network_isolation.NONE
    assert report["after"]["user"] == report["before"]["user"]
    assert report["after"]["readable"] == report["before"]["readable"]
    assert report["received"] == Pose(1.0, 7, 640, 480, ()), "messages still reach the other processes"


@LINUX_ONLY
def test_the_process_is_cut_off_from_the_network_and_nothing_else(own_folders: Path) -> None:
    must_be_cut_off(leave(own_folders / "runtime", []))


@LINUX_ONLY
@AS_ROOT
def test_an_ordinary_user_is_cut_off_too_and_keeps_the_rights_of_its_groups(own_folders: Path) -> None:
    camera, secret = own_folders / "camera", own_folders / "secret"
    for path, group, mode in ((camera, A_GROUP, 0o640), (secret, 0, 0o600)):
        path.touch()
        os.chown(path, 0, group)
        path.chmod(mode)
    report = leave(own_folders / "runtime", [camera, secret], user=OTHER_USER)
    assert report["before"]["readable"] == [True, False]
    must_be_cut_off(report)


@LINUX_ONLY
def test_with_other_threads_running_it_stays_as_it_was_with_a_reason(own_folders: Path) -> None:
    report = leave(own_folders / "runtime", [], threads=2)
    if "kernel does not let" in report["network"]:
        pytest.skip(f"NOT TESTED, this kernel forbids it: {report['network']}")
    assert "3 threads" in report["network"]
    assert report["after"] == report["before"]
    assert report["received"]


def test_a_system_without_network_namespaces_is_reported_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "no network namespaces" in network_isolation.leave_network()


WRITES_PICTURES = {
    "imwrite",
    "imwritemulti",
    "imencode",
    "imencodemulti",
    "imsave",
    "VideoWriter",
    "writeOpticalFlow",
    "fromarray",
}


def test_no_line_of_the_package_can_write_a_picture() -> None:
    package = Path(gesturesynth.__file__).parent
    files = sorted(package.rglob("*.py"))
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            imported = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom | ast.Import) else set()
            assert not ({name} | imported) & WRITES_PICTURES, f"{path}:{getattr(node, 'lineno', 0)}"
            assert not imported & {"PIL", "imageio"}, f"{path}:{getattr(node, 'lineno', 0)}"
