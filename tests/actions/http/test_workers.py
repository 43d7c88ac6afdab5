"""Threads that make requests: nothing queues up, and no server holds up another."""

from __future__ import annotations

import threading
import time

from gesturesynth.actions.http.addresses import web_address
from gesturesynth.actions.http.request import WebRequest
from gesturesynth.actions.http.workers import MOST_SERVERS, STALE_S, Outcome, RequestWorkers
from tests.support.waiting import wait_for


class Gate:
    """Makes requests when it is opened, and writes them down."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun: list[str] = []

    def send(self, request: WebRequest) -> str:
        self.begun.append(f"{request.action} {request.body.decode()}")
        if "slow" in request.address.host:
            assert self.open.wait(10)
        return ""


def request(action: str, body: str, host: str = "slow.test", age_s: float = 0.0) -> WebRequest:
    address = web_address(f"http://{host}/")
    return WebRequest(action, address, "POST", body.encode(), "text/plain", time.monotonic() - age_s)


def test_of_each_action_the_newest_request_waits_and_the_order_of_actions_stays() -> None:
    gate = Gate()
    workers = RequestWorkers((), gate.send)
    assert workers.add(request("on", "1")) == ""
    wait_for(lambda: gate.begun == ["on 1"], "the first request")
    for body in "23456789":
        workers.add(request("on", body))
        workers.add(request("off", body))
    workers.add(request("quick", "1", "quick.test"))
    wait_for(lambda: "quick 1" in gate.begun, "the other server, which waits for none")
    gate.open.set()
    wait_for(lambda: len(gate.begun) == 4, "the rest")
    assert [one for one in gate.begun if "quick" not in one] == ["on 1", "on 9", "off 9"]
    workers.close(5.0)
    outcomes: list[Outcome] = workers.take()
    assert len(outcomes) == 18
    assert sum(one.left_out for one in outcomes) == 14


def test_what_has_waited_for_too_long_is_not_asked_any_more() -> None:
    gate = Gate()
    workers = RequestWorkers((), gate.send)
    workers.add(request("old", "1", "quick.test", age_s=STALE_S + 0.1))
    workers.add(request("new", "1", "quick.test"))
    wait_for(lambda: gate.begun == ["new 1"], "the new one alone")
    workers.close(5.0)
    assert [one.left_out for one in workers.take()] == [True, False]


def test_there_are_not_ever_more_threads() -> None:
    workers = RequestWorkers((), Gate().send)
    before = threading.active_count()
    said = [workers.add(request("a", "1", f"quick{number}.test")) for number in range(MOST_SERVERS + 3)]
    assert [bool(one) for one in said] == [False] * MOST_SERVERS + [True] * 3
    assert threading.active_count() - before <= MOST_SERVERS
    workers.close(5.0)
