"""What the installation writes for people, and what it opens for what they have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings import settings
from gesturesynth.core.errors import UserError
from gesturesynth.ops.install import layout
from gesturesynth.ops.install import settings as texts
from gesturesynth.remote_poses.keys import key_text

CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7e10000 irq 33
 1 [Scarlett       ]: USB-Audio - Scarlett 2i2 USB
                      Focusrite Scarlett 2i2 USB at usb-0000:00:14.0-1, high speed
"""


def written(tmp_path: Path, text: str) -> settings.Settings:
    (tmp_path / "gesturesynth.yaml").write_text(text, encoding="utf-8")
    return settings.load_settings(tmp_path / "gesturesynth.yaml")


def test_the_settings_that_are_written_are_the_defaults(tmp_path: Path) -> None:
    assert written(tmp_path, texts.SETTINGS) == settings.Settings()


def test_every_setting_that_is_offered_can_be_switched_on(tmp_path: Path) -> None:
    keys = ("volume:", "mirror:", "rotate:", "device:", "osc:", "host:", "allow:", "inputs:", "host:", "allow:")
    lines = texts.SETTINGS.splitlines()
    for key in keys:
        at = next(n for n, line in enumerate(lines) if line.lstrip().startswith("# ") and f" {key}" in line)
        lines[at] = lines[at].replace("# ", "", 1)
    chosen = written(tmp_path, "\n".join(lines))
    assert (chosen.volume, chosen.camera.rotate, chosen.audio.device) == (-6.0, 90, "USB")
    assert (chosen.osc.host, chosen.osc.allow) == ("0.0.0.0", ["192.168.1.20"])  # noqa: S104 - that is asked for
    assert (chosen.inputs.host, chosen.inputs.allow) == ("0.0.0.0", ["192.168.1.0/24"])  # noqa: S104 - likewise


def test_sound_cards_are_found_by_name_usb_first() -> None:
    assert texts.sound_cards(CARDS) == ["Scarlett", "PCH"]
    assert texts.sound_cards("--- no soundcards ---\n") == []


def test_jack_begins_with_the_card_and_without_one_says_so() -> None:
    assert "JACK_DRIVER=-d alsa -d hw:Scarlett -P -r" in texts.jack_settings(["Scarlett", "PCH"])
    assert "JACK_DRIVER=-d alsa -d hw:Scarlett -r" in texts.jack_settings(["Scarlett"], listens=True)
    silent = texts.jack_settings([])
    assert "\nJACK_DRIVER=-d dummy" in silent
    assert "No sound card was found" in silent


def test_by_default_nothing_beyond_this_computer_is_opened() -> None:
    chosen = settings.Settings()
    assert texts.conductor_network(chosen) == texts.tracker_network(chosen) == texts.pose_server_network(chosen) == ""
    assert not texts.needs_key(chosen)


@pytest.mark.parametrize(
    "osc",
    [
        "{host: 127.0.0.1, allow: [192.168.1.20]}",
        "{enabled: no, host: 0.0.0.0, allow: [192.168.1.20]}",
        "{host: 0.0.0.0}",
    ],
)
def test_a_sender_that_osc_does_not_allow_gets_no_network_access(osc: str, tmp_path: Path) -> None:
    assert texts.conductor_network(written(tmp_path, f"osc: {osc}\n")) == ""


def test_only_senders_that_osc_allows_get_network_access(tmp_path: Path) -> None:
    text = texts.conductor_network(written(tmp_path, "osc: {host: 0.0.0.0, allow: [192.168.1.20, 10.0.0.0/24]}\n"))
    allowed = [line for line in text.splitlines() if not line.startswith(("#", "["))]
    assert allowed == ["IPAddressAllow=192.168.1.20/32", "IPAddressAllow=10.0.0.0/24"]
    assert "osc.allow" in text


def test_the_page_reaches_the_network_that_it_listens_to(tmp_path: Path) -> None:
    assert texts.page_network(written(tmp_path, "page: {port: 8000}\n")) == ""
    assert texts.page_network(written(tmp_path, "page: {enabled: no, listen: 192.168.1.0/24}\n")) == ""
    text = texts.page_network(written(tmp_path, "page: {listen: 192.168.1.7/24}\n"))
    assert "IPAddressAllow=192.168.1.0/24\n" in text
    assert "page.listen" in text


def allowed_to_the_page(text: str, tmp_path: Path) -> list[str]:
    written_text = texts.page_network(written(tmp_path, text))
    return [line.partition("=")[2] for line in written_text.splitlines() if line.startswith("IPAddressAllow")]


def test_the_page_reaches_the_group_of_zeroconf_where_it_announces_something(tmp_path: Path) -> None:
    osc = "osc: {host: 0.0.0.0, allow: [192.168.1.20]}\n"
    assert allowed_to_the_page(osc, tmp_path) == ["192.168.1.20/32", "224.0.0.251/32"]
    assert allowed_to_the_page(osc + "oscquery: {announce: no}\n", tmp_path) == []
    assert allowed_to_the_page(osc + "oscquery: {enabled: no}\n", tmp_path) == []
    assert allowed_to_the_page(osc + "page: {enabled: no}\n", tmp_path) == [], "nothing runs that would announce"
    listens = "page: {listen: 192.168.1.0/24}\n"
    assert allowed_to_the_page(listens, tmp_path) == ["192.168.1.0/24", "224.0.0.251/32"]
    assert allowed_to_the_page(listens + "oscquery: {announce: no}\n", tmp_path) == ["192.168.1.0/24"]


def test_a_camera_on_the_network_opens_the_way_to_it_alone(tmp_path: Path) -> None:
    text = texts.tracker_network(written(tmp_path, "camera: {source: 'rtsp://me:secret@192.168.1.30:554/live'}\n"))
    assert "IPAddressAllow=192.168.1.30/32\n" in text
    assert "PrivateNetwork=no\n" in text
    assert "secret" not in text


def test_a_camera_by_name_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"camera\.source: 'camera\.local' is not an address in numbers"):
        texts.tracker_network(written(tmp_path, "camera: {source: 'http://camera.local/video'}\n"))


def test_a_tracker_of_another_computer_is_reached_with_the_key_and_nothing_else(tmp_path: Path) -> None:
    key = key_text(bytes(range(32)))
    tracker = f"{{name: hall, address: tcp://192.168.1.20:9480, key: {key}}}"
    chosen = written(tmp_path, f"trackers: [local, {tracker}]\nosc: {{host: 0.0.0.0, allow: [10.0.0.1]}}\n")
    lines = texts.conductor_network(chosen).splitlines()
    assert {"IPAddressAllow=10.0.0.1/32", "IPAddressAllow=192.168.1.20/32"} <= set(lines)
    assert any(line.startswith("ExecStartPre=-+") and "-m 0400 -o gesturesynth -g" in line for line in lines)
    assert "Environment=GESTURESYNTH_KEY_FILE=/run/gesturesynth/conductor/own.key" in lines
    assert texts.needs_key(chosen)
    with pytest.raises(UserError, match="trackers: 'hall' is not an address in numbers"):
        texts.conductor_network(written(tmp_path, f"trackers: [{tracker.replace('192.168.1.20', 'hall')}]\n"))


def test_the_pose_server_is_reached_as_far_as_the_settings_say(tmp_path: Path) -> None:
    assert "IPAddressAllow=any\n" in texts.pose_server_network(written(tmp_path, "publish: {address: 'tcp://*:9480'}"))
    text = texts.pose_server_network(written(tmp_path, "publish: {address: 'tcp://*:9480', allow: [192.168.1.0/24]}"))
    assert "IPAddressAllow=192.168.1.0/24\n" in text
    assert "any" not in text
    assert "-m 0400 -o gesturesynth-poses -g" in text
    assert "/run/gesturesynth/pose-server/own.key" in text


def test_actions_reach_what_the_settings_name_and_run_where_these_ask_for_them(tmp_path: Path) -> None:
    assert texts.asked_for(settings.Settings()) == dict.fromkeys(layout.ASKED_FOR, False)
    chosen = written(
        tmp_path,
        "actions: {enabled: true, http: ['http://192.168.1.20/lamp', 'http://127.0.0.1/', 'http://localhost/'],\n"
        "          networks: [10.0.0.0/24]}\n",
    )
    lines = texts.actions_network(chosen).splitlines()
    assert [line for line in lines if "Allow" in line] == ["IPAddressAllow=10.0.0.0/24", "IPAddressAllow=192.168.1.20"]
    assert [name for name, asked in texts.asked_for(chosen).items() if asked] == ["actions"]
    named = written(tmp_path, "actions: {enabled: true, http: ['https://example.org/'], keys: [RIGHT]}\n")
    assert "IPAddressAllow=any" in texts.actions_network(named)
    assert texts.asked_for(named)["action-keys"]
    assert texts.actions_network(written(tmp_path, "actions: {http: ['https://example.org/']}\n")) == ""
    assert texts.asked_for(written(tmp_path, "midi: {enabled: true}\n"))["midi"]


def test_lamps_are_reached_where_the_settings_say_and_nothing_else_is(tmp_path: Path) -> None:
    here = written(tmp_path, "light: {enabled: true}\n")
    assert (texts.light_network(here), texts.asked_for(here)["light"]) == ("", True)
    nodes = "light: {enabled: true, address: 10.0.0.1, universes: {2: {number: 1, address: 10.0.0.2}, 3: 5}}\n"
    lines = texts.light_network(written(tmp_path, nodes)).splitlines()
    assert [line for line in lines if "Allow" in line] == ["IPAddressAllow=10.0.0.1", "IPAddressAllow=10.0.0.2"]
    groups = texts.light_network(written(tmp_path, "light: {enabled: true, address: multicast}\n"))
    assert "IPAddressAllow=239.255.0.0/16\n" in groups
    assert texts.light_network(written(tmp_path, "light: {address: 10.0.0.1}\n")) == ""
