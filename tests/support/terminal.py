"""`gesturesynth run` in a real terminal of 80 by 24: keys are pressed, and the screen is read.

    with TerminalRun("--source", "demo", "--audio", "null") as running:
        running.wait_until_playing()
        running.press("1", "Space")
        running.until_shown("snapshot 1")

The terminal is tmux's. Its server is a child process like any other, with its socket in the test's own folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.app_process import AppProcess
from tests.support.waiting import wait_for

COLUMNS, ROWS = 80, 24
SHELL = ["env", "PS1=$ ", "HISTFILE=", "sh"]


class TerminalRun(AppProcess):
    """An `AppProcess` whose process is that of the terminal; in it a shell, and in the shell `gesturesynth run`."""

    @property
    def environment(self) -> dict[str, str]:
        """Of the terminal; programs started with it find what runs there."""
        return self._environment

    def launch(self) -> None:
        """Opens the terminal and types the command."""
        assert shutil.which("tmux"), "tmux is missing: apt install tmux"
        self._socket = str(self.home / "tmux")
        self.process = subprocess.Popen(
            ["tmux", "-S", self._socket, "-f", "/dev/null", "-D"],
            env=self._environment | {"TERM": "xterm-256color"},
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: Path(self._socket).exists(), "tmux")
        self._tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), *SHELL)
        self.run_again()

    def run_again(self, *flags: str) -> None:
        """Types the command, with flags in place of those of the beginning if there are any."""
        self.type(f"{sys.executable} -m gesturesynth run {' '.join(flags or self._flags)}")

    def type(self, line: str) -> None:
        """Types a line for the shell, and Enter."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Keys, as fast as can be: `1`, `Space`, `Escape`, `C-c`."""
        self._tmux("send-keys", *keys)

    def screen(self) -> str:
        """What is on the screen now, without the spaces at the ends of its lines."""
        return "\n".join(line.rstrip() for line in self._tmux("capture-pane", "-p").splitlines())

    def until_shown(self, *text: str) -> str:
        """The screen, as soon as all these texts are on it."""
        newest: list[str] = []

        def shown() -> bool:
            newest[:] = [self.screen()]
            return all(part in newest[0] for part in text)

        try:
            wait_for(shown, f"{text} on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{''.join(newest)}") from error
        return newest[0]

    def until_shell(self) -> None:
        """Until the command has ended, and the shell is in front again."""
        wait_for(lambda: self._tmux("display", "-p", "#{pane_current_command}").strip() == "sh", "the shell")

    def words(self) -> str:
        """The text on the screen, where standard error appears, too."""
        return self.screen()

    def close(self) -> None:
        """Closes the terminal, ends all processes that are left, and removes the folders."""
        if self.process and self.process.poll() is None:
            self.find_processes()
            self._tmux("kill-server")
            self.process.wait(15)
        super().close()

    def _tmux(self, *text: str) -> str:
        done = subprocess.run(["tmux", "-S", self._socket, *text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
