"""The device probe when JACK's own library fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from gesturesynth.synthesis.audio import device_probe

ROOT = Path(__file__).parents[3]

PRIVATE = """\
set -e
mount -t tmpfs tmpfs /dev/shm
export JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1 JACK_DEFAULT_SERVER=private
jackd -n private -r -p 128 -d dummy -r 48000 -p 1024 >/dev/null 2>&1 &
trap 'kill $!' EXIT
jack_wait -s private -w -t 10 >/dev/null
"$1" -c 'import json; from gesturesynth.synthesis.audio.device_probe import probe; print(json.dumps(probe("jack")))'
# As a process leaves it that was killed while it made it: other files than those that the server has open.
cp -r /dev/shm/jack_db-0 /dev/shm/broken
mv /dev/shm/jack_db-0 /dev/shm/former
mv /dev/shm/broken /dev/shm/jack_db-0
truncate -s 0 /dev/shm/jack_db-0/__db.002
"$1" "$2" jack >/dev/null 2>&1 && exit 9
echo "$?"
"$1" -c 'import json; from gesturesynth.synthesis.audio.device_probe import probe; print(json.dumps(probe("jack")))'
"$1" "$2" jack
"""
"""In namespaces of its own, where this user is root and /dev/shm is empty: clients of other servers must go on."""


def test_metadata_that_kills_every_client_is_removed_and_the_server_found() -> None:
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "bash", "-c", PRIVATE, "bash", sys.executable, device_probe.__file__],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    before, crash, repaired, after = done.stdout.splitlines()
    assert int(crash) > 128, "a client was ended by a signal"
    found = json.loads(before)
    assert found["jack"]["buffer_frames"] == 1024
    assert json.loads(repaired) == found
    assert json.loads(after) == found, "the next probe finds it, too"
