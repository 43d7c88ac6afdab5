"""Addresses of pose servers, to connect to and to listen at."""

from __future__ import annotations

import pytest

from gesturesynth.remote_poses.addresses import parse_address


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("tcp://192.168.1.20:9480", "tcp://192.168.1.20:9480"),
        (" tcp://hall.local:1 ", "tcp://hall.local:1"),
        ("tcp://[fe80::1]:9480", "tcp://[fe80::1]:9480"),
    ],
)
def test_addresses_to_connect_to(text: str, parsed: str) -> None:
    assert str(parse_address(text)) == parsed


def test_addresses_to_listen_at() -> None:
    assert str(parse_address("tcp://*:9480", to_bind=True)) == "tcp://0.0.0.0:9480"
    assert parse_address("tcp://[::]:0", to_bind=True).ipv6


@pytest.mark.parametrize(
    "text",
    [
        *("", "hall", "tcp://", "tcp://hall", "tcp://hall:0", "tcp://hall:65536", "udp://hall:1", "ipc:///tmp/x:1"),
        *(
            "tcp://0.0.0.0:9480",
            "tcp://[::]:1",
            "tcp://1.2.3:1",
            "tcp://a b:1",
            "tcp://-a:1",
            "tcp://x;y:1",
            "tcp://a:1:2",
        ),
        *("tcp://hall:9480\ntcp://other:1", "tcp://[::1:9480", "tcp://eth0;192.168.1.1:5555"),
    ],
)
def test_what_is_no_address_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|port|computer|IPv4"):
        parse_address(text)


@pytest.mark.parametrize("text", ["tcp://hall:9480", "tcp://eth0:9480", "9480"])
def test_a_name_is_no_address_to_listen_at(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_address(text, to_bind=True)
