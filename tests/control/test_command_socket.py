"""Commands over a Unix socket: what gets through, what is dropped, and what a shell prints."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
import pytest
import zmq

from gesturesynth.control.arguments import DOCUMENT_BYTES
from gesturesynth.control.command_socket import (
    CAP_BYTES,
    MOST_AT_ONCE,
    CommandClient,
    CommandServer,
    NothingRunning,
    PendingRequest,
    Request,
    Response,
    endpoint,
)
from gesturesynth.control.commands import COMMAND_LINE, KEYBOARD, CommandError, call
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError

Context = zmq.Context[zmq.Socket[bytes]]


@pytest.fixture
def context() -> Iterator[Context]:
    made: Context = zmq.Context()
    yield made
    made.destroy(linger=0)


@pytest.fixture
def server(context: Context) -> Iterator[CommandServer]:
    made = CommandServer(context)
    yield made
    made.close()


@pytest.fixture
def client(server: CommandServer, context: Context) -> Iterator[CommandClient]:
    made = CommandClient(context=context)
    yield made
    made.close()


def until(condition: Callable[[], bool], what: str, limit_s: float = 20.0) -> None:
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, f"waited for: {what}"
        time.sleep(0.002)


def next_request(server: CommandServer) -> PendingRequest:
    found: list[PendingRequest] = []

    def something() -> bool:
        found.extend(server.poll())
        return bool(found)

    until(something, "a request")
    assert len(found) == 1
    return found[0]


@contextmanager
def answering(server: CommandServer, answer: Callable[[PendingRequest], None]) -> Iterator[None]:
    """Lets the server work in a thread of its own, as it does in a process of its own."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            if server.socket.poll(20):
                for requested in server.poll():
                    answer(requested)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def dealer(context: Context) -> zmq.Socket[bytes]:
    """A client that sends whatever it likes."""
    socket = context.socket(zmq.DEALER)
    socket.set(zmq.LINGER, 0)
    socket.connect(endpoint())
    return socket


def test_a_command_comes_with_its_values_and_its_answer_goes_back(server: CommandServer, client: CommandClient) -> None:
    until(lambda: client.send(call("select", ["3"], COMMAND_LINE)) > 0, "a connection")
    requested = next_request(server)
    assert requested.call == call("select", ["3"], COMMAND_LINE)
    assert requested.call is not None
    assert requested.call.values == (3,)
    server.answer(requested, ok=True, text="snapshot 3", state_json='{"a": 1}')
    until(lambda: bool(client.socket.poll(0)), "the answer")
    assert client.poll() == [Response(ok=True, text="snapshot 3", state='{"a": 1}', number=requested.number)]


def test_asking_waits_for_ones_own_answer(server: CommandServer) -> None:
    def answer(requested: PendingRequest) -> None:
        text = requested.call.text if requested.call else "only the state"
        server.answer(requested, ok=requested.call is not None, text=text, state_json="{}")

    with answering(server, answer), CommandClient() as one, CommandClient() as other:
        assert one.ask(call("select", ["1"], COMMAND_LINE)).text == "select 1"
        assert other.ask(call("volume", ["-6 dB"], COMMAND_LINE)).text == "volume -6"
        assert one.ask(None) == Response(ok=False, text="only the state", state="{}", number=2)


def test_the_keyboard_is_told_apart_from_shells(server: CommandServer, context: Context) -> None:
    keyboard = CommandClient(KEYBOARD, context)
    until(lambda: keyboard.send(call("select", [2], KEYBOARD)) > 0, "a connection")
    requested = next_request(server)
    assert requested.call is not None
    assert requested.call.sender == "keyboard"
    keyboard.close()


@pytest.mark.parametrize(
    ("command", "values", "complaint"),
    [
        ("selekt", ["1"], "did you mean 'select'"),
        ("select", [], "takes"),
        ("select", ["12"], "from 1 to 9"),
        ("volume", ["nan"], "-60 to 0"),
        ("volume", [float("nan")], "-60 to 0"),
        ("record", ["now"], "no value"),
    ],
)
def test_a_wrong_command_is_answered_with_a_sentence_and_goes_no_further(
    server: CommandServer, context: Context, command: str, values: Sequence[str | float], complaint: str
) -> None:
    raw = dealer(context)
    raw.send(msgspec.msgpack.encode(Request(7, command, tuple(values))))

    def answered() -> bool:
        assert server.poll() == []
        return bool(raw.poll(0))

    until(answered, "the complaint")
    answer = msgspec.msgpack.decode(raw.recv(), type=Response)
    assert not answer.ok
    assert answer.number == 7
    assert complaint in answer.text
    raw.close()


def mutants(count: int) -> Iterator[list[bytes]]:
    """What a broken or hostile program might send."""
    chance = random.Random(1)
    good = msgspec.msgpack.encode(Request(1, "select", (3,)))
    yield from (
        [b""],
        [good, good],
        [b"", good],
        [good] * 20,
        [msgspec.msgpack.encode({"number": "one", "command": "quit"})],
        [msgspec.msgpack.encode({"number": 1, "command": ["quit"]})],
        [msgspec.msgpack.encode({"number": 1, "command": "select", "values": [[3]]})],
        [msgspec.msgpack.encode({"number": 1, "command": "quit", "by": "the owner"})],
        [msgspec.msgpack.encode({"number": 2**63, "command": "quit"})],
        [b"\x91" * 3000],
        [b"\xdf\xff\xff\xff\xff"],
        [msgspec.msgpack.encode(Request(1, "label", ("x" * CAP_BYTES,)))],
        [msgspec.msgpack.encode({"more": b"\x91" * 10})],
    )
    for _ in range(count):
        mutant = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        yield [bytes(mutant[: chance.randint(0, len(mutant))])]


def test_what_is_no_request_is_counted_and_dropped_and_others_are_answered(
    server: CommandServer, context: Context
) -> None:
    raw = dealer(context)
    sent = 0
    calls: list[PendingRequest] = []

    def empty() -> None:
        while server.socket.poll(0):
            calls.extend(server.poll())

    for parts in (*mutants(5000), [msgspec.msgpack.encode(Request(99, "train"))]):
        # A full queue would make a send wait for ever: it is emptied by this thread.
        while not raw.poll(0, zmq.POLLOUT):
            empty()
        raw.send_multipart(parts)
        sent += 1
        if sent % 40 == 0:
            empty()

    def last_has_come() -> bool:
        empty()
        return any(asked.number == 99 for asked in calls)

    until(last_has_come, "the good one after all the bad ones")
    assert server.rejected > sent / 2
    for requested in calls:
        assert requested.call is None or requested.call == call(
            requested.call.command, requested.call.values, requested.call.sender
        )
    raw.close()


def test_a_message_of_50_megabytes_is_not_read_and_other_clients_are_answered(
    server: CommandServer, context: Context
) -> None:
    raw = dealer(context)
    event = raw.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    raw.send(b"x" * 50_000_000)

    def answer(requested: PendingRequest) -> None:
        server.answer(requested, ok=True, text="here", state_json="")

    with answering(server, answer), CommandClient() as client:
        assert event.poll(20_000), "its sender is disconnected"
        assert client.ask(call("train", [], COMMAND_LINE)).ok
    assert server.rejected == 0
    raw.disable_monitor()
    event.close()
    raw.close()


def test_a_flood_takes_turns_with_the_rest_of_the_work(server: CommandServer, context: Context) -> None:
    raw = dealer(context)
    for _ in range(500):
        raw.send(msgspec.msgpack.encode(Request(1, "louder")))
    until(lambda: bool(server.socket.poll(0)), "the flood")
    assert 0 < len(server.poll()) <= MOST_AT_ONCE
    raw.close()


def test_a_client_that_has_ended_or_does_not_read_is_not_waited_for(server: CommandServer, context: Context) -> None:
    raw = dealer(context)
    raw.send(msgspec.msgpack.encode(Request(1)))
    requested = next_request(server)
    started_s = time.monotonic()
    for _ in range(2000):
        server.answer(requested, ok=True, text="w" * 1000, state_json="")
    raw.close()
    for _ in range(2000):
        server.answer(requested, ok=True, text="w" * 1000, state_json="")
    assert time.monotonic() - started_s < 20.0, "it does not block"


def test_without_anything_running_a_shell_is_told_at_once_what_to_do() -> None:
    with CommandClient() as client, pytest.raises(NothingRunning, match="Start it with `gesturesynth run`") as error:
        client.ask(None, timeout_s=60.0)
    assert error.value.exit_code == 1


def test_a_socket_that_a_killed_conductor_left_is_nothing_running(context: Context) -> None:
    script = (
        "import os, zmq; from gesturesynth.control.command_socket import CommandServer\n"
        "server = CommandServer(zmq.Context()); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert paths.socket_path("conductor", "commands").exists()
    with CommandClient() as client, pytest.raises(NothingRunning, match="not running here"):
        client.ask(None, timeout_s=0.3)
    server = CommandServer(context)
    with (
        answering(server, lambda asked: server.answer(asked, ok=True, text="", state_json="")),
        CommandClient() as client,
    ):
        assert client.ask(None).ok, "the next one takes its place"
    server.close()


def test_a_conductor_that_does_not_answer_is_said(server: CommandServer) -> None:
    with CommandClient() as client, pytest.raises(NothingRunning, match=r"did not answer within 0\.3 s"):
        client.ask(call("train", [], COMMAND_LINE), timeout_s=0.3)


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(server: CommandServer, context: Context) -> None:
    with CommandClient(context=context) as client:
        with pytest.raises(NothingRunning):
            client.ask(call("train", [], COMMAND_LINE), timeout_s=0.2)
        late = next_request(server)
        server.answer(late, ok=False, text="too late", state_json="")
        with answering(server, lambda asked: server.answer(asked, ok=True, text="now", state_json="")):
            assert client.ask(None).text == "now"


def test_keys_are_not_kept_for_a_conductor_that_is_away(context: Context) -> None:
    server = CommandServer(context)
    keyboard = CommandClient(KEYBOARD, context)
    until(lambda: keyboard.send(None) > 0, "a connection")
    next_request(server)
    server.close()
    until(lambda: keyboard.send(call("clear", [], KEYBOARD)) == 0, "the connection to end")
    again = CommandServer(context)
    until(lambda: keyboard.send(None) > 0, "a connection")
    requested = next_request(again)
    assert requested.call is None, "the key that was pressed meanwhile is forgotten"
    again.close()
    keyboard.close()


def test_only_its_user_can_reach_it_and_closing_leaves_no_file(context: Context) -> None:
    server = CommandServer(context)
    file = paths.socket_path("conductor", "commands")
    assert stat.S_ISSOCK(file.stat().st_mode)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.parent.stat().st_uid == os.getuid()
    server.close()
    assert not file.exists()


def test_a_runtime_folder_too_long_for_a_socket_is_said(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", "/tmp/" + "x" * 120)
    with pytest.raises(UserError, match="GESTURESYNTH_RUNTIME_DIR"):
        CommandServer(context)
    with pytest.raises(UserError, match="GESTURESYNTH_RUNTIME_DIR"):
        CommandClient()


def test_a_text_of_many_lines_gets_through_for_the_commands_that_take_one(
    server: CommandServer, client: CommandClient
) -> None:
    text = "# a line\n" * (DOCUMENT_BYTES // 9)
    until(lambda: bool(client.send(call("try", (text,), COMMAND_LINE))), "the client to be connected")
    received = next_request(server).call
    assert received is not None
    assert received.values == (text,)
    assert received.text == f"try ({len(text)} characters)"
    with pytest.raises(CommandError, match="at most 48 kB"):
        call("try", (text + "# a line\n",), COMMAND_LINE)
    rejected = server.rejected
    client.socket.send(msgspec.msgpack.encode(Request(1, "preset", (text,))))
    until(lambda: not server.poll() and server.rejected > rejected, "a long command that takes no text to be dropped")
