"""`python -m tests.oscquery_check`: others' programs find a whole Gesture Synth, read every address, and set it.

It runs in a network of its own (a namespace with one interface), so that nothing is announced to a real one; that needs
root. The client is the package `oscquery` for Node, fetched into a temporary folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from gesturesynth.page.oscquery.announcer import OSC, OSCQUERY
from tests.support.app_process import AppProcess

ADDRESS: Final = "10.77.0.1"
NETWORK: Final = (
    "ip link set lo up && ip link add gs0 type veth peer name gs1 && "
    f"ip addr add {ADDRESS}/24 dev gs0 && ip link set gs0 up && ip link set gs1 up && ip route add 224.0.0.0/4 dev gs0"
)
PACKAGES: Final = ("oscquery@1", "ws@8", "osc-min@2")
SETTINGS: Final = f"""\
page: {{listen: 10.77.0.0/24, port: 9470}}
osc: {{host: 0.0.0.0, allow: [{ADDRESS}]}}
metrics: {{enabled: no}}
"""
INSIDE: Final = "--inside"
FORM: Final = re.compile(r"' takes (no|\d|an? )|must be|There is nothing at|There is no command|It takes no value")
"""In the answers to messages that are wrong in form; others are refused for what they ask: a take that there is not."""
DEADLINE_S: Final = 30.0


def main() -> int:
    """Runs it. Returns 0 when all is found, read, heard and answered, else 1."""
    if INSIDE in sys.argv:
        return _check(Path(sys.argv[-1]))
    if os.geteuid() != 0 or not shutil.which("npm"):
        print("this needs root (for a network of its own) and npm", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        subprocess.run(["npm", "install", *flags, *PACKAGES], cwd=folder, check=True)
        shutil.copy(Path(__file__).with_name("client.mjs"), folder)
        again = [sys.executable, "-m", "tests.oscquery_check", INSIDE, folder]
        script = f'{NETWORK} && exec "$@"'
        return subprocess.run(["unshare", "--net", "sh", "-c", script, "sh", *again], check=False).returncode


def _check(folder: Path) -> int:
    config = folder / "gesturesynth.yaml"
    config.write_text(SETTINGS)
    with AppProcess(
        "--source", "demo", "--audio", "null", "--preset=drums", "--page-port=9470", "--config", str(config)
    ) as run:
        run.wait_until_playing()
        services = asyncio.run(_browse())
        done = subprocess.run(["node", "client.mjs"], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(run.stderr_text())
            return 1
        found: dict[str, Any] = json.loads(done.stdout)
    wrong = [line for line in found["refused"] if FORM.search(line[1])]
    print(f"zeroconf's browser: {', '.join(services)}")
    print(f"{found['name']}: {found['found']} nodes found, {found['read']} read, {found['values']} listened to")
    print(f"{found['set']} addresses set at UDP port {found['oscPort']}: {len(found['silent'])} without an answer,")
    print(f"{len(found['refused'])} refused, {len(wrong)} of them as wrong in form; told: {', '.join(found['paths'])}")
    for name in ("unread", "silent", "unheard", "refused"):
        print(f"{name}: {json.dumps(found[name], ensure_ascii=False)}")
    kept = len(services) == 2 and not (found["unread"] or found["silent"] or wrong)
    print("All of it holds." if kept else "Not all of it holds.")
    return 0 if kept else 1


async def _browse() -> list[str]:
    """What zeroconf's own browser finds: name, address and port of each service."""
    names: set[tuple[str, str]] = set()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Added:
            names.add((service_type, name))

    watching = AsyncZeroconf(interfaces=[ADDRESS], ip_version=IPVersion.V4Only)
    browser = AsyncServiceBrowser(watching.zeroconf, [OSCQUERY, OSC], handlers=[changed])
    try:
        async with asyncio.timeout(DEADLINE_S):
            while len(names) < 2:  # noqa: ASYNC110 - what another library finds has no event
                await asyncio.sleep(0.1)
        found = []
        for kind, name in sorted(names):
            info = AsyncServiceInfo(kind, name)
            await info.async_request(watching.zeroconf, 3000)
            found.append(f"{name} {info.parsed_addresses()}:{info.port}")
        return found
    finally:
        await browser.async_cancel()
        await watching.async_close()


if __name__ == "__main__":
    sys.exit(main())
