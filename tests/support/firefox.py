"""A real Firefox without a window, driven by WebDriver BiDi over its own remote protocol: Debian's `firefox-esr`.

Debian has no geckodriver, and BiDi needs none: Firefox itself opens a WebSocket. The protocol is a W3C draft
(https://www.w3.org/TR/webdriver-bidi/): a message is `{id, method, params}`, and its answer has the same id.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

from tests.support.waiting import DEADLINE_S, wait_for

LISTENING: Final = "WebDriver BiDi listening on "
START_S: Final = 60.0
PREFERENCES: Final = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.active-protocols": 1,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
"""A browser that asks nothing of its maker: `remote.active-protocols` 1 is WebDriver BiDi."""


class Firefox:
    """One window.

    Args:
        socket: of its remote protocol, with a session.
        log: the file of what it says.
    """

    def __init__(self, socket: ClientConnection, log: Path) -> None:
        self._socket = socket
        self._log = log
        self._number = 0
        self.errors: list[str] = []
        """Errors of scripts, and what a page has written as an error."""
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self._window: str = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **params: object) -> Any:
        """The result of a command of the protocol; fails with what Firefox says where it is refused."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(DEADLINE_S))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.errors.append(str(message["params"]["text"]))
            if message.get("id") == self._number:
                assert message["type"] == "success", (method, message)
                return message["result"]

    def open(self, address: str) -> None:
        """Shows a page, and waits until it is loaded."""
        self.call("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of JavaScript: a text, a number, true, false or None."""
        answer = self.call(
            "script.evaluate", expression=expression, target={"context": self._window}, awaitPromise=True
        )
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    def wait_until(self, expression: str, what: str) -> None:
        """Waits until an expression is true."""
        wait_for(lambda: bool(self.evaluate(expression)), f"{what}; errors: {self.errors}")

    def press(self, selector: str, *, hold_s: float = 0.0) -> None:
        """Presses what a CSS selector finds, with the mouse, for so long."""
        self.wait_until(f"!(document.querySelector({selector!r})?.disabled ?? true)", f"{selector} can be pressed")
        nodes = self.call(
            "browsingContext.locateNodes", context=self._window, locator={"type": "css", "value": selector}
        )
        node = {"type": "element", "element": {"sharedId": nodes["nodes"][0]["sharedId"]}}
        self.evaluate(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": node}
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self._act([move, down])
        if hold_s:
            time.sleep(hold_s)
        self._act([up])

    def _act(self, actions: list[dict[str, Any]]) -> None:
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.call("input.performActions", context=self._window, actions=[mouse])


@contextmanager
def firefox() -> Iterator[Firefox]:
    """A browser with a fresh profile; fails where Debian's firefox-esr is missing, or when a script has failed."""
    program = shutil.which("firefox-esr")
    assert program, "firefox-esr is missing: run `.ci/setup test`"
    with tempfile.TemporaryDirectory(prefix="gs-firefox-", ignore_cleanup_errors=True) as home:
        lines = [f'user_pref("{name}", {json.dumps(value)});\n' for name, value in PREFERENCES.items()]
        (Path(home) / "user.js").write_text("".join(lines), encoding="utf-8")
        log = Path(home) / "said"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [program, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", home, "about:blank"],
                env=os.environ | {"HOME": home, "MOZ_CRASHREPORTER_DISABLE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        try:
            wait_for(lambda: LISTENING in log.read_text(encoding="utf-8", errors="replace"), "Firefox", START_S)
            address = log.read_text(encoding="utf-8", errors="replace").partition(LISTENING)[2].split()[0]
            with connect(f"{address}/session", compression=None, max_size=None) as socket:
                made = Firefox(socket, log)
                yield made
                assert not made.errors, made.errors
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
