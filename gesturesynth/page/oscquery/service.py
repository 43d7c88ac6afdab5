"""The OSCQuery service: the namespace and the values as they are now, and who listens to which of them.

It subscribes to the conductor's messages while a program asks or listens, and not otherwise.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import msgspec
import zmq

from gesturesynth.config.preset import preset_files
from gesturesynth.control.command_table import ADDRESS
from gesturesynth.page.oscquery.feed import MessageFeed
from gesturesynth.page.oscquery.namespace import Choices, choices_of, make_namespace
from gesturesynth.page.oscquery.nodes import READ, Item, Namespace
from gesturesynth.page.oscquery.packets import packet
from gesturesynth.page.oscquery.values import EVENTS, READABLE, command_values, events, number_values
from gesturesynth.page.viewer import Viewer
from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.played_numbers import NumberRanges, PlayedNumbers

FIRST_S: Final = 1.0
"""So long a request waits for the first messages of a conductor; ranges come twice a second."""
KEEP_S: Final = 10.0
"""So long after a request messages are still received: programs ask several times in a row."""
PUSH_S: Final = 1.0 / 30.0
"""Between two values that are pushed of one address."""
MOST_PUSHED_HZ: Final = 4000.0
"""Messages a second to all listeners together; with more addresses each is pushed less often. See docs/oscquery.md."""
MOST_PATHS: Final = 2048
"""That one program can listen to."""
PRESETS_S: Final = 10.0
"""Between two looks for presets that are new."""
MOST_TOLD: Final = 48
"""Paths that were added or removed at once and are told one by one; of more only PATH_CHANGED tells: a program has
places for so many answers."""


class OscQuery:
    """Belongs to the running event loop.

    Args:
        context: for the sockets.
        folder: the runtime folder of the processes.
        preset_names: the names of all presets.
        clock: monotonic seconds.
        keep_s: see KEEP_S.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        folder: Path,
        preset_names: Callable[[], tuple[str, ...]] = preset_files.preset_names,
        clock: Callable[[], float] = time.monotonic,
        keep_s: float = KEEP_S,
    ) -> None:
        self._keep_s = keep_s
        self._preset_names = preset_names
        self._clock = clock
        self._statuses = MessageFeed(context, folder, ConductorStatus, self._take_status)
        self._ranges = MessageFeed(context, folder, NumberRanges, self._take_ranges)
        self._numbers = MessageFeed(context, folder, PlayedNumbers, self._take_numbers)
        self._feeds: tuple[MessageFeed[Any], ...] = (self._statuses, self._ranges, self._numbers)
        self._listened: dict[Viewer, set[str]] = {}
        self._paths: Counter[str] = Counter()
        self._values: dict[str, tuple[Item, ...]] = {}
        self._pushed: dict[str, tuple[Item, ...]] = {}
        self._push_due_s = 0.0
        self._before: PlayedNumbers | None = None
        self._presets: tuple[str, ...] = ()
        self._presets_due_s = 0.0
        self._made_of: tuple[NumberRanges | None, Choices] | None = None
        self._namespace = make_namespace(None, {})
        self._wake = asyncio.Event()
        self._kept_until_s: dict[MessageFeed[Any], float] = dict.fromkeys(self._feeds, 0.0)
        self._closing: asyncio.TimerHandle | None = None
        self._waited: set[MessageFeed[Any]] = set()
        self._osc_port = 0

    # ------------------------------------------------------------------------------------------------------ requests
    async def ask_osc_port(self) -> int:
        """The UDP port at which OSC is received, of the last conductor that was seen; 0 where it is not received."""
        self._keep(self._ranges)  # the others would be received for ever: who announces asks again and again
        self._ranges.open()
        await self._wait_for(self._ranges)
        if ranges := self._ranges.newest:
            self._osc_port = ranges.osc_port
        return self._osc_port

    async def refresh(self) -> None:
        """Makes namespace and values those of now."""
        self._keep(*self._feeds)
        self._statuses.open()
        self._ranges.open()
        self._open_numbers()
        await self._wait_for(*self._feeds)
        self._update()

    async def _wait_for(self, *feeds: MessageFeed[Any]) -> None:
        """Waits for the first messages; without a conductor none come, and then not for each request."""
        missing = {feed for feed in feeds if not feed.newest} - self._waited
        if not missing:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_S):
                while not all(feed.newest for feed in missing):
                    self._wake.clear()
                    await self._wake.wait()
        self._waited |= missing

    async def node(self, path: str) -> dict[str, Any] | None:
        """A node with all that it contains, as JSON; None where there is none."""
        await self.refresh()
        values = self._values if self._statuses.newest else {}
        return self._namespace.json(path, values)

    def _open_numbers(self) -> None:
        if not self._numbers.is_open:
            self._before = None  # what was performed meanwhile is no news
            self._numbers.open()

    def _keep(self, *feeds: MessageFeed[Any]) -> None:
        """Goes on receiving these messages for a while."""
        self._kept_until_s |= dict.fromkeys(feeds, self._clock() + self._keep_s)
        if self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(self._keep_s, self._close_idle)

    def _close_idle(self) -> None:
        self._closing = None
        now_s = self._clock()
        left_s = [until_s - now_s for until_s in self._kept_until_s.values() if until_s > now_s]
        if left_s:
            self._closing = asyncio.get_running_loop().call_later(min(left_s), self._close_idle)
        for feed, until_s in self._kept_until_s.items():
            if until_s <= now_s and not (self._listens_to_numbers if feed is self._numbers else self._listened):
                feed.close()
                self._waited.discard(feed)

    @property
    def received(self) -> frozenset[str]:
        """The names of the messages to which it is subscribed now."""
        return frozenset(feed.name for feed in self._feeds if feed.is_open)

    @property
    def viewers(self) -> tuple[Viewer, ...]:
        """The programs that are connected."""
        return tuple(self._listened)

    # ----------------------------------------------------------------------------------------------------- listeners
    def enter(self, viewer: Viewer) -> None:
        """A program has connected: it is told of changes."""
        self._listened[viewer] = set()
        self._statuses.open()
        self._ranges.open()

    def leave(self, viewer: Viewer) -> None:
        """It has gone."""
        for path in self._listened.pop(viewer, set()):
            self._uncount(path)
        self._keep(*self._feeds)

    def listen(self, viewer: Viewer, path: str) -> None:
        """From now on the program gets the values of a method, the present one at once.

        What cannot be read is passed over: programs that listen to a container name all that is in it.
        """
        method = self._namespace.methods.get(path)
        mine = self._listened[viewer]
        if method is None or not method.access & READ or path in mine or len(mine) >= MOST_PATHS:
            return
        mine.add(path)
        self._paths[path] += 1
        if self._listens_to_numbers:
            self._open_numbers()
        if (value := self._values.get(path)) is not None:
            self._pushed[path] = value
            viewer.offer(path, packet(path, value))

    def ignore(self, viewer: Viewer, path: str) -> None:
        """The program gets the values of a method no more."""
        mine = self._listened[viewer]
        if path in mine:
            mine.remove(path)
            self._uncount(path)
            self._keep(self._numbers)

    def _uncount(self, path: str) -> None:
        self._paths[path] -= 1
        if self._paths[path] <= 0:
            del self._paths[path]
            self._pushed.pop(path, None)

    @property
    def _listens_to_numbers(self) -> bool:
        return any(self._namespace.methods[path].access == READ for path in self._paths)

    # ------------------------------------------------------------------------------------------------------ messages
    def _take_status(self, status: ConductorStatus) -> None:
        ranges = self._ranges.newest
        values = dict(command_values(status, ranges.key if ranges else ""))
        for name in READABLE:
            self._values.pop(ADDRESS + name, None)  # there may be none now
        self._values |= values
        self._arrived()

    def _take_ranges(self, _ranges: NumberRanges) -> None:
        self._arrived()

    def _take_numbers(self, numbers: PlayedNumbers) -> None:
        self._values |= number_values(numbers)
        for event, values in events(numbers, self._before):
            self._values[event] = values
            for viewer, paths in self._listened.items():
                if event in paths:
                    viewer.answer(packet(event, values))
        self._before = numbers
        self._wake.set()
        self._push()

    def _arrived(self) -> None:
        self._wake.set()
        self._update()
        self._push()

    def _push(self) -> None:
        """Offers what has changed, as often as may be."""
        now_s = self._clock()
        if not self._paths or now_s < self._push_due_s:
            return
        interval_s = max(PUSH_S, sum(self._paths.values()) / MOST_PUSHED_HZ)
        self._push_due_s = max(self._push_due_s + interval_s, now_s)  # one that came late does not delay all later ones
        changed = {
            path: packet(path, value)
            for path in self._paths
            if path not in EVENTS and (value := self._values.get(path)) is not None and value != self._pushed.get(path)
        }
        for path in changed:
            self._pushed[path] = self._values[path]
        for viewer, paths in self._listened.items():
            for path in paths & changed.keys():
                viewer.offer(path, changed[path])

    def _update(self) -> None:
        """Makes the namespace again where something about it has changed, and tells those who listen."""
        if self._clock() >= self._presets_due_s:
            self._presets_due_s = self._clock() + PRESETS_S
            self._presets = self._preset_names()
        status, ranges = self._statuses.newest, self._ranges.newest
        known = ranges or (self._made_of[0] if self._made_of else None)
        made_of = (known, choices_of(status, known, self._presets))
        if made_of == self._made_of:
            return
        self._made_of = made_of
        before, self._namespace = self._namespace, make_namespace(*made_of)
        self._tell_changes(before)

    def _tell_changes(self, before: Namespace) -> None:
        methods = self._namespace.methods
        removed = [path for path in before.methods if path not in methods]
        added = [path for path in methods if path not in before.methods]
        changed = [path for path, one in methods.items() if before.methods.get(path, one) != one]
        for path in removed:
            self._values.pop(path, None)
            for viewer in self._listened:
                self.ignore(viewer, path)
        messages = [("PATH_REMOVED", path) for path in removed] + [("PATH_ADDED", path) for path in added]
        if removed or added or changed:
            messages.append(("PATH_CHANGED", _common([*removed, *added, *changed])))
        texts = [msgspec.json.encode({"COMMAND": command, "DATA": path}).decode() for command, path in messages]
        for viewer in self._listened:
            for text in texts if len(texts) <= MOST_TOLD else texts[-1:]:
                viewer.answer(text)

    def close(self) -> None:
        """Closes the sockets."""
        if self._closing:
            self._closing.cancel()
        for feed in self._feeds:
            feed.close()


def _common(paths: list[str]) -> str:
    """The innermost container, or method, that holds all paths."""
    parts = [path.split("/") for path in paths]
    shared = parts[0]
    for one in parts[1:]:
        shared = [part for part, _ in takewhile(lambda pair: pair[0] == pair[1], zip(shared, one, strict=False))]
    return "/".join(shared) or "/"
