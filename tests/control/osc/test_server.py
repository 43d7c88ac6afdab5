"""OSC through a real socket: programs of others ask, hostile ones flood, and the loop stays free."""

from __future__ import annotations

import json

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.udp_client import SimpleUDPClient

from gesturesynth.control.commands import call
from gesturesynth.control.osc.codec import STATE_OCTETS, encode
from gesturesynth.control.osc.server import OscServer, OscSettings
from gesturesynth.core.errors import UserError
from tests.support.malformed_osc import bundle
from tests.support.osc_client import OUTPUTS, STATE, MakeOscClient, OscClient, answer_all


def test_a_command_of_a_program_is_answered_with_its_outcome(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    program.send(encode("/gesturesynth/select", 3))
    program.send(encode("/gesturesynth/select", 30))
    program.send(encode("/gesturesynth/undo"))
    first, second = server.poll(0.0)
    assert first.call == call("select", (3,), f"osc 127.0.0.1:{program.port}")
    server.answer(first, True, "snapshot 3")
    server.answer(second, False, "There is nothing to undo.")
    (error, ack, undo) = program.messages()
    assert ack == ("/gesturesynth/ack", ["/gesturesynth/select", "snapshot 3"])
    assert error[0] == "/gesturesynth/error"
    assert "from 1 to 9" in str(error[1][1])
    assert undo == ("/gesturesynth/error", ["/gesturesynth/undo", "There is nothing to undo."])


def test_the_client_of_python_osc_teaches_and_receives_the_answers(server: OscServer) -> None:
    client = SimpleUDPClient("127.0.0.1", server.port)
    client.send_message("/gesturesynth/volume", -6.0)
    client.send_message("/gesturesynth/record", [])
    requested = server.poll(0.0)
    assert [one.call.text for one in requested] == ["volume -6", "record"]
    answer_all(server, requested)
    messages = client.get_messages(timeout=1)
    assert next(messages).params == ["/gesturesynth/volume", "did volume -6"]
    client._sock.close()


def test_a_button_on_a_phone_sends_when_it_is_pressed_and_when_it_is_released(server: OscServer) -> None:
    client = SimpleUDPClient("127.0.0.1", server.port)
    for value in (1.0, 0.0, 1, 0, True, False):  # faders and buttons differ in what they send
        client.send_message("/gesturesynth/hold", value)
    client.send_message("/gesturesynth/hold", 0.5)
    client.send_message("/gesturesynth/hold", [])
    assert [one.call.text for one in server.poll(0.0)] == 3 * ["hold on", "hold off"]
    client._sock.close()


def test_a_request_is_answered_with_its_report_or_with_a_sentence(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    program.send(encode("/gesturesynth/takes"))
    program.send(encode("/gesturesynth/take", 3))
    program.send(encode("/gesturesynth/take", 4))
    page, take, long = server.poll(0.0)
    assert page.call == call("takes", (), f"osc 127.0.0.1:{program.port}")
    server.report(page, 0.0, True, "", '{"takes": []}')
    server.report(take, 0.0, False, "There is no take 3.", "")
    server.report(long, 0.0, True, "", "x" * (STATE_OCTETS + 1))
    first, second, third = program.messages()
    assert first == ("/gesturesynth/report", ["/gesturesynth/takes", '{"takes": []}'])
    assert second == ("/gesturesynth/error", ["/gesturesynth/take", "There is no take 3."])
    assert third[0] == "/gesturesynth/error"
    assert "too long for a datagram" in str(third[1][1])


def test_a_question_sees_what_came_of_the_command_before_it(server: OscServer, programs: MakeOscClient) -> None:
    program, asleep = programs(), programs()
    program.send(bundle(encode("/gesturesynth/select", 3), encode("/gesturesynth/query")))
    target = ""
    for one in server.poll(0.0):
        target = str(one.call.values[0])
        server.answer(one, True, "snapshot 3")
    server.stream(0.0, lambda: json.dumps({"target": target}), OUTPUTS)
    (ack, state) = program.messages()
    assert ack[0] == "/gesturesynth/ack"
    assert state == ("/gesturesynth/state", ['{"target": "3"}'])
    server.stream(1.0, lambda: STATE, OUTPUTS)
    assert program.messages() == asleep.messages() == [], "once"


def test_a_subscriber_receives_state_and_outputs_at_its_rate_until_its_lease_ends(
    server: OscServer, programs: MakeOscClient
) -> None:
    program, ear = programs(), programs()
    program.send(encode("/gesturesynth/subscribe", ear.port, 20))
    assert server.poll(0.0) == []
    (ack,) = program.messages()
    assert ack[0] == "/gesturesynth/ack"
    assert f"127.0.0.1:{ear.port} 20 times a second for 10 s" in str(ack[1][1])
    heard: list[tuple[str, list[object]]] = []
    for step in range(100 * 12):
        server.stream(step / 100, lambda: STATE, OUTPUTS)
        heard += ear.messages()
    assert abs(len(heard) // 3 - 200) <= 1
    assert heard[:3] == [
        ("/gesturesynth/state", [STATE]),
        ("/gesturesynth/output/pitch", [440.0]),
        ("/gesturesynth/output/level", [-12.0]),
    ]
    assert program.messages() == []


def test_the_outputs_of_another_voice_have_its_number_in_their_address(
    server: OscServer, programs: MakeOscClient
) -> None:
    program = programs()
    program.send(encode("/gesturesynth/subscribe", program.port, 20))
    assert server.poll(0.0) == []
    server.stream(0.0, lambda: STATE, {"pitch": 440.0, "2/pitch": 220.0})
    heard = program.messages()
    assert ("/gesturesynth/output/pitch", [440.0]) in heard
    assert ("/gesturesynth/output/2/pitch", [220.0]) in heard


def test_outputs_change_with_the_preset_and_nothing_is_sent_after_unsubscribe(
    server: OscServer, programs: MakeOscClient
) -> None:
    program = programs()
    program.send(encode("/gesturesynth/subscribe"))
    server.poll(0.0)
    server.stream(0.0, lambda: STATE, OUTPUTS)
    server.stream(0.2, lambda: STATE, {"drums": 1.0})
    assert [address for address, _ in program.messages()[-2:]] == ["/gesturesynth/state", "/gesturesynth/output/drums"]
    program.send(encode("/gesturesynth/unsubscribe"))
    server.poll(0.3)
    server.stream(1.0, lambda: STATE, OUTPUTS)
    assert [address for address, _ in program.messages()] == ["/gesturesynth/ack"]


def test_without_subscribers_no_state_is_written(server: OscServer) -> None:
    def unwanted() -> str:
        raise AssertionError("the state was not requested")

    server.stream(0.0, unwanted, OUTPUTS)


def test_no_answer_is_longer_than_every_system_sends(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    for _ in range(3):
        program.send(encode("/gesturesynth/query"))
    program.send(encode("/gesturesynth/train"))
    (requested,) = server.poll(0.0)
    server.answer(requested, False, "no " * 100_000)
    server.stream(0.0, lambda: "x" * 100_000, OUTPUTS)
    packets = program.packets()
    assert len(packets) == 2, "three questions of one program want one state"
    assert all(len(packet) <= STATE_OCTETS for packet in packets)
    assert "too long for a datagram" in OscMessage(packets[1]).params[1]


@pytest.mark.parametrize("octets", [10_000, 65_000])
def test_a_state_may_fill_a_datagram(server: OscServer, programs: MakeOscClient, octets: int) -> None:
    program = programs()
    program.send(encode("/gesturesynth/query"))
    server.poll(0.0)
    server.stream(0.0, lambda: "x" * octets, OUTPUTS)
    ((address, (state,)),) = program.messages()
    assert (address, len(str(state))) == ("/gesturesynth/state", octets)


def test_a_port_that_another_program_has_is_named_with_the_way_out(server: OscServer) -> None:
    with pytest.raises(UserError, match=rf"UDP port 127\.0\.0\.1:{server.port} .*--osc-port .*osc\.port"):
        OscServer(OscSettings(port=server.port))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (OscSettings(host="localhost"), "not an IPv4 address"),
        (OscSettings(host="0.0.0.0"), r"osc\.allow names none"),  # noqa: S104 - refused
        (OscSettings(host="192.0.2.1", allow=("192.0.2.2",)), "not an address of this computer"),
        (OscSettings(port=70000), "not a port"),
        (OscSettings(allow=("tablet",)), r"osc\.allow"),
    ],
)
def test_settings_that_cannot_work_are_said(settings: OscSettings, words: str) -> None:
    with pytest.raises(UserError, match=words):
        OscServer(settings)


def test_other_computers_are_let_in_only_when_both_say_so() -> None:
    server = OscServer(OscSettings(host="0.0.0.0", port=0, allow=("192.0.2.0/24",)))  # noqa: S104 - and the test's network is cut off
    client = OscClient(server)
    client.send(encode("/gesturesynth/train"))
    assert len(server.poll(0.0)) == 1
    client.socket.close()
    server.close()


def test_unusual_things_are_counted_for_the_log(server: OscServer, programs: MakeOscClient) -> None:
    program = programs()
    assert server.counts.unusual() == {}
    for datagram in (b"nonsense", encode("/elsewhere"), b"x" * 3000, encode("/gesturesynth/train")):
        program.send(datagram)
    server.poll(0.0)
    assert server.counts.unusual() == {"malformed": 1, "refused": 1, "too_long": 1}
