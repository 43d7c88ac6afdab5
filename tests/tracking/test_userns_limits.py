"""A tracker that is refused a network namespace gives the reason and advice, in its log and in its status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zmq

from gesturesynth.runtime.messages import TrackerStatus
from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.tracking import userns_limits
from tests.tracking.test_network_isolation import AS_ROOT, LINUX_ONLY, OTHER_USER


def kernel(folder: Path, **settings: str) -> Path:
    """A /proc/sys with these settings in it: `kernel__x="1"`."""
    for name, value in settings.items():
        file = folder / name.replace("__", "/")
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{value}\n")
    return folder


@LINUX_ONLY
@pytest.mark.parametrize(
    ("settings", "cause", "advice"),
    [
        ({"kernel__apparmor_restrict_unprivileged_userns": "1"}, "AppArmor", "systemd/apparmor-gesturesynth"),
        ({"kernel__unprivileged_userns_clone": "0"}, "userns_clone is 0", "kernel.unprivileged_userns_clone=1"),
        ({"user__max_user_namespaces": "0"}, "max_user_namespaces is 0", "user.max_user_namespaces="),
    ],
)
def test_the_limit_is_named_with_advice(tmp_path: Path, settings: dict[str, str], cause: str, advice: str) -> None:
    found = userns_limits.found_limit(kernel(tmp_path, **settings))
    assert found
    assert cause in found.cause
    assert advice in userns_limits.advice(tmp_path)
    assert "service install" in userns_limits.advice(tmp_path)


@LINUX_ONLY
def test_without_a_known_limit_there_is_advice_all_the_same(tmp_path: Path) -> None:
    allowed = kernel(tmp_path, kernel__apparmor_restrict_unprivileged_userns="0", kernel__unprivileged_userns_clone="1")
    assert userns_limits.found_limit(allowed) is None
    assert "container" in userns_limits.advice(allowed)


CONFINED = """
import encodings.idna, ctypes, json, os, subprocess, sys  # all at first: Python's files may be closed to that user
import numpy, structlog
from gesturesynth.core import log, paths
from gesturesynth.runtime.service import Service
from gesturesynth.tracking.process import TrackerSettings, run_tracker
from gesturesynth.tracking import skeleton_player as skeletons
from gesturesynth.tracking.model import download as weights
from gesturesynth.tracking.sources import SourceSettings
folder, user, how, ours = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000 | 0x40000000) == 0, "a mount namespace, and a network that can be reached"
subprocess.run(["ip", "link", "add", "wire", "type", "bridge"], check=True)
subprocess.run(["mount", "--make-rprivate", "/"], check=True)
if how == "refused":  # in a chroot the kernel refuses user namespaces: user_namespaces(7)
    subprocess.run(["mount", "--rbind", "/", folder], check=True)
    os.chroot(folder)
else:  # as under Ubuntu's AppArmor: there is a namespace without user ids
    subprocess.run(["mount", "-o", "remount,bind,ro", "/proc"], check=True)
os.setgroups([]); os.setgid(user); os.setuid(user)
paths._USER = user
libc.prctl(4, 1, 0, 0, 0)  # as a program has it that was started by this user
log.configure("tracker", json_lines=True)
with Service() as service:
    sys.exit(run_tracker(TrackerSettings(SourceSettings(source=ours)), service))
"""


def confined(home: Path, how: str) -> tuple[TrackerStatus, str, Path]:
    """The status and the log of a tracker whose user is not root, and the runtime folder that it has used."""
    place = home / "root"
    place.mkdir()
    for folder in (home, place, *[home / name for name in ("state", "config", "tmp")]):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    runtime = home / "tmp" / f"gesturesynth-{OTHER_USER}"
    performer = home / "demo.skeleton"
    performer.write_bytes((Path(__file__).parents[2] / "presets" / "demo.skeleton").read_bytes())
    environment = {name: value for name, value in os.environ.items() if "RUNTIME_DIR" not in name}
    arguments = json.dumps([str(place), OTHER_USER, how, str(performer)])
    with subprocess.Popen(
        [sys.executable, "-c", CONFINED, arguments],
        env=environment | {"TMPDIR": str(home / "tmp")},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        subscriber = Subscriber(context, TrackerStatus, runtime)
        status = subscriber.newest(30.0)
        subscriber.close()
        context.term()
        process.terminate()
        text = process.communicate(timeout=30)[1]
    assert status, text
    return status, text, runtime


@LINUX_ONLY
@AS_ROOT
def test_a_tracker_that_is_refused_warns_in_its_log_and_in_its_status(own_folders: Path) -> None:
    status, text, _ = confined(own_folders, "refused")
    assert "does not let this user have a network of its own" in status.network
    assert status.network_advice == userns_limits.advice()
    lines = [json.loads(line) for line in text.splitlines()]
    (warning,) = [line for line in lines if line["level"] == "warning"]
    assert warning["event"] == "network isolation failed"
    assert warning["message"] == "the process that sees people can reach the network"
    assert (warning["network"], warning["advice"]) == (status.network, status.network_advice)


@LINUX_ONLY
@AS_ROOT
def test_one_with_another_user_id_in_its_namespace_is_isolated_and_uses_the_same_folder(own_folders: Path) -> None:
    status, text, runtime = confined(own_folders, "unmapped")
    assert (status.network, status.network_advice) == ("none", ""), text
    assert status.time_s > 0, f"received in {runtime}"
