"""The section `light` of the settings: where lamps are, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings.settings import loads
from gesturesynth.config.yaml.document import FileError
from gesturesynth.light.protocols import ARTNET, MULTICAST, SACN, Destination, LightSettings


def settings(text: str) -> LightSettings:
    return loads(f"light: {{{text}}}\n".encode(), Path("g.yaml")).light.light_settings()


def test_the_network_is_off_by_default() -> None:
    section = loads(b"{}", Path("g.yaml")).light
    assert not section.enabled
    chosen = section.light_settings()
    assert chosen == LightSettings()
    assert (chosen.address, chosen.udp_port, chosen.flashes) == ("127.0.0.1", 5568, 3)


def test_universes_have_numbers_and_addresses() -> None:
    chosen = settings("protocol: artnet, address: 10.0.0.1, universes: {1: 0, 2: {number: 5, address: 10.0.0.2}}")
    assert (chosen.protocol, chosen.udp_port) == (ARTNET, 6454)
    assert chosen.destination(1) == Destination(0, "10.0.0.1")
    assert chosen.destination(2) == Destination(5, "10.0.0.2")
    assert chosen.destination(3) == Destination(3, "10.0.0.1")
    assert chosen.destination(40000) is None, "Art-Net ends at 32767"
    assert settings("protocol: sacn").destination(0) is None, "sACN begins at 1"


def test_limits_and_names() -> None:
    chosen = settings(
        "address: multicast, most: 60 %, flashes: 2, on_mute: dark, rate: 30, priority: 150, name: Hall, via: 10.0.0.2"
    )
    assert (chosen.protocol, chosen.address, chosen.most, chosen.flashes) == (SACN, MULTICAST, 0.6, 2)
    assert (chosen.rate_hz, chosen.priority, chosen.name, chosen.dark_when_muted) == (30.0, 150, "Hall", True)
    assert chosen.via == "10.0.0.2"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("protocol: dmx", "'dmx' is not a protocol. Allowed: sacn, artnet"),
        ("address: lamp.local", "expected an address such as 192.168.1.30, or `multicast`, not 'lamp.local'"),
        ("address: 0.0.0.0", "no receiver has the address 0.0.0.0"),
        ("universes: {1: {number: 1, address: 250.0.0.1}}", "no receiver has the address 250.0.0.1"),
        ("address: 239.255.0.1", "239.255.0.1 is a group: write `multicast`"),
        ("via: eth0", "expected an address of this computer, such as 192.168.1.10, not 'eth0'"),
        ("protocol: artnet, address: multicast", "Art-Net has no `multicast`; give the address of the node"),
        ("protocol: sacn, universes: {1: 0}", "universe 1: sACN has the numbers 1 to 63999, and not 0"),
        ("rate: 45", "45 Hz is outside 1 to 44 Hz"),
        ("universes: {first: 1}", "first"),
        ("most: 150", "150 % is outside 0 to 100 %"),
        ("flashes: 50", "50 is outside 0 to 20"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(FileError) as caught:
        settings(text)
    assert sentence in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
