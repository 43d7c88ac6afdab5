"""The page's way to the conductor: an answer is received however early it comes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import zmq

from gesturesynth.control.command_socket import CommandServer
from gesturesynth.control.commands import PAGE, call
from gesturesynth.core import paths
from gesturesynth.page.command_wire import CommandWire

TRAIN = call("train", (), PAGE)


def serve(server: CommandServer, requests: int) -> None:
    while requests and server.socket.poll(10_000):
        for one in server.poll():
            server.answer(one, ok=True, text="begun", state_json='{"pid":1}')
            if one.wait:
                server.finished(one, ok=True, text="Trained", state_json="{}")
            requests -= 1


def test_an_answer_and_an_end_that_are_there_before_the_send_has_returned_are_received(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> tuple[str, str]:
        wire = CommandWire(context, folder)
        sent = wire._client.send

        def slow(*arguments: Any, **options: Any) -> int:
            number = sent(*arguments, **options)
            assert not number or wire._client.socket.poll(5000), "the answer"
            return number

        monkeypatch.setattr(wire._client, "send", slow)
        try:
            answer = await wire.ask(TRAIN, wait=True)
            end = await asyncio.wait_for(wire.ended(answer), 5)
            assert end
            return answer.text, end.text
        finally:
            wire.close()

    with zmq.Context() as context:
        server = CommandServer(context)
        answering = Thread(target=serve, args=(server, 1))
        answering.start()
        try:
            assert asyncio.run(scenario(context, paths.runtime_dir())) == ("begun", "Trained")
        finally:
            answering.join()
            server.close()


def test_an_end_that_is_not_waited_for_any_more_keeps_no_place() -> None:
    async def scenario(context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> int:
        wire = CommandWire(context, folder)
        try:
            asking = asyncio.create_task(wire.ask(TRAIN, wait=True))
            while not wire._ends:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            return len(wire._ends) + len(wire._answers)
        finally:
            wire.close()

    with zmq.Context() as context:
        server = CommandServer(context)
        try:
            assert asyncio.run(scenario(context, paths.runtime_dir())) == 0
        finally:
            server.close()
