"""What the network is told, received by zeroconf's own browser on the loopback interface."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import os
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from gesturesynth.page.oscquery.announcer import OSC, OSCQUERY, Announcement, Announcer, address_towards

LOOPBACK = "127.0.0.1"
OTHER, BROWSER = "127.0.0.2", "127.0.0.3"
"""Addresses of their own, as three computers have them: answers to one would reach another one otherwise."""
NAME = f"Gesture Synth in test {os.getpid()}"
DEADLINE_S = 20.0
WANTED = (
    Announcement(OSCQUERY, NAME, LOOPBACK, 9470),
    Announcement(OSC, NAME, LOOPBACK, 9000),
)


def giving(found: Collection[Announcement]) -> Callable[[], Awaitable[Collection[Announcement]]]:
    async def wanted() -> Collection[Announcement]:
        return found

    return wanted


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 - what another library does has no event
            await asyncio.sleep(0.02)


def said(logs: Sequence[MutableMapping[str, Any]], event: str) -> list[str]:
    return [str(line["message"]) for line in logs if line["event"] == event]


async def announced_and_withdrawn() -> tuple[dict[str, Any], list[str]]:
    """Two at the same time, with the same names: what a browser was told of both, and what the second one logged."""
    names: set[str] = set()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if name.startswith(NAME):
            (names.discard if state_change is ServiceStateChange.Removed else names.add)(name)

    first, second = Announcer(giving(WANTED)), Announcer(giving([replace(WANTED[0], address=OTHER)]))
    watching = AsyncZeroconf(interfaces=[BROWSER], ip_version=IPVersion.V4Only)
    browser = AsyncServiceBrowser(watching.zeroconf, [OSCQUERY, OSC], handlers=[changed])
    with capture_logs() as logs:
        tasks = [asyncio.create_task(first.work())]
        await until(lambda: len(names) == 2)
        tasks.append(asyncio.create_task(second.work()))
        await until(lambda: len(names) == 3 and bool(said(logs, "name taken")))
        facts = {}
        for name in names:
            info = AsyncServiceInfo(name.partition(".")[2], name)
            assert await info.async_request(watching.zeroconf, 3000)
            facts[name] = (info.parsed_addresses(), info.port)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await until(lambda: not names)
    await browser.async_cancel()
    await watching.async_close()
    return facts, said(logs, "name taken")


def test_both_services_are_found_a_taken_name_is_said_and_all_is_withdrawn() -> None:
    facts, (taken,) = asyncio.run(announced_and_withdrawn())
    assert facts == {
        f"{NAME}.{OSCQUERY}": ([LOOPBACK], 9470),
        f"{NAME}.{OSC}": ([LOOPBACK], 9000),
        f"{NAME}-2.{OSCQUERY}": ([OTHER], 9470),
    }
    assert f"'{NAME}-2'" in taken


def not_announced(announcer: Announcer) -> str:
    """What is logged where it cannot announce, while it goes on, or has ended without an error."""

    async def until_said() -> list[str]:
        with capture_logs() as logs:
            task = asyncio.create_task(announcer.work())
            await until(lambda: bool(said(logs, "not announced")))
            await asyncio.sleep(0)
            assert not task.done() or task.exception() is None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return said(logs, "not announced")

    (sentence,) = asyncio.run(until_said())
    return sentence


def test_a_network_that_cannot_be_told_is_said_and_nothing_ends() -> None:
    elsewhere = (Announcement(OSC, "Nowhere", "203.0.113.7", 9000),)  # no address of this computer
    assert "Other computers can connect all the same" in not_announced(Announcer(giving(elsewhere)))


async def sockets_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many files are open before and after one that could not be withdrawn."""

    async def failing(_self: AsyncZeroconf) -> None:
        raise OSError(errno.ENETDOWN, "the network is down")

    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the files of this process
    task = asyncio.create_task(Announcer(giving(WANTED[1:])).work())
    with capture_logs() as logs:
        await until(lambda: any(line["event"] == "announced" for line in logs))
    monkeypatch.setattr(AsyncZeroconf, "async_unregister_all_services", failing)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    return before, len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def test_no_socket_stays_open_where_it_cannot_be_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = asyncio.run(sockets_after_a_failure(monkeypatch))
    assert after == before


def test_without_zeroconf_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install 'gesturesynth[zeroconf]'" in not_announced(Announcer(giving(WANTED)))


def test_this_computer_knows_by_which_address_it_reaches_a_network() -> None:
    assert address_towards("127.0.0.1/32") == LOOPBACK
    assert address_towards("nonsense") == ""
