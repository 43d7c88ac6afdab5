"""A program that receives poses as a conductor does, and prints what it sees: for a namespace of its own.

python -m tests.support.remote_receiver hall tcp://10.0.0.1:9480 KEY

A line of JSON five times a second: the readings, how many poses have come, and the ages of the newest of them.
"""

from __future__ import annotations

import json
import sys
import time

import msgspec
import zmq

from gesturesynth.core import log
from gesturesynth.remote_poses.addresses import TrackerAddress, parse_address
from gesturesynth.remote_poses.keys import own_key, parse_key
from gesturesynth.remote_poses.receiver import PoseReceiver

EVERY_S = 0.2


def main(name: str, address: str, key: str) -> None:
    """Runs until it is ended."""
    log.configure("receiver")
    tracker = TrackerAddress(name, name, parse_address(address), parse_key(key))
    with zmq.Context() as context:
        receiver = PoseReceiver(context, [tracker], own_key())
        due_s = time.monotonic()
        ages: list[float] = []
        count = 0
        while True:
            if receiver.socket.poll(20) and (pose := receiver.newest()):
                count += 1
                ages.append(time.monotonic() - pose.capture_time_s)
            if time.monotonic() >= due_s:
                due_s += EVERY_S
                readings = msgspec.to_builtins(receiver.readings)
                facts = {"time_s": time.monotonic(), "trackers": readings, "poses": count, "ages_s": ages}
                print(json.dumps(facts).replace("NaN", "null"), flush=True)
                ages = []


if __name__ == "__main__":
    main(*sys.argv[1:])
