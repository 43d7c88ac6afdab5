"""Which web addresses may be asked for."""

from __future__ import annotations

import ipaddress

import pytest

from gesturesynth.actions.http.addresses import allowed, host_has_placeholder, permitted_ips, web_address
from gesturesynth.core.errors import UserError

LISTED = [web_address("http://192.168.1.20/lamp"), web_address("https://Example.org:443/piece/")]


@pytest.mark.parametrize(
    "text",
    [
        "http://192.168.1.20/lamp",
        "http://192.168.1.20:80/lamp/on",
        "http://192.168.1.20/lamp?on=1&pitch=440.5",
        "HTTPS://example.org/piece/x%20y",
    ],
)
def test_below_what_is_listed_everything_is_allowed(text: str) -> None:
    assert allowed(web_address(text), LISTED)


@pytest.mark.parametrize(
    "text",
    [
        "http://192.168.1.20/",
        "http://192.168.1.20/lamps",
        "http://192.168.1.20/lamp&secret",
        "http://192.168.1.20:8080/lamp",
        "https://192.168.1.20/lamp",
        "http://192.168.1.200/lamp",
        "https://example.org/piece",
        "https://example.org.evil.test/piece/",
        "https://evil.test/https://example.org/piece/",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert not allowed(web_address(text), LISTED)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://192.168.1.20/lamp",
        "http:/192.168.1.20/lamp",
        "http://192.168.1.20@evil.test/lamp",
        "http://user:word@192.168.1.20/lamp",
        "http://192.168.1.20/lamp/../secret",
        "http://192.168.1.20/lamp/%2e%2E/secret",
        "http://192.168.1.20/lamp/%3f/../../secret",
        "http://192.168.1.20/lamp/%3F/%2e%2e/%2e%2e/secret",
        "http://192.168.1.20/lamp/%252e%252e/secret",
        "http://192.168.1.20/lamp/..;/secret",
        "http://192.168.1.20/lamp/..%00",
        "http://192.168.1.20/lamp/.%0a./secret",
        "http://192.168.1.20/lamp/..%5csecret",
        "http://192.168.1.20/lamp\\..\\secret",
        "http://192.168.1.20/lamp#x",
        "http://192.168.1.20/lamp x",
        "http://192.168.1.20/lamp\r\nHost: evil.test",
        "http://192.168.1.20:0/lamp",
        "http://192.168.1.20:99999/lamp",
        "http://[::1]/lamp",
        "http://",
        "http://-a/",
        "http\u017f://192.168.1.20/lamp",  # a long s
        "http://\u212aitchen/",  # the sign of kelvin
        "http://192.168.1.20/" + 600 * "x",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UserError) as caught:
        web_address(text)
    assert len(str(caught.value).splitlines()) == 1


def test_values_may_not_decide_where_a_request_goes() -> None:
    assert host_has_placeholder("http://{scene}/x")
    assert host_has_placeholder("http://host:{voice}/x")
    assert not host_has_placeholder("http://host/{scene}?x={pitch}")


@pytest.mark.parametrize(
    ("host", "found", "networks", "wanted"),
    [
        ("example.org", ["192.168.1.5", "93.184.216.34"], [], ["93.184.216.34"]),
        ("example.org", ["192.168.1.5"], [], []),
        # NAT64, compatible with IPv4, site-local: all lead to private networks
        ("example.org", ["64:ff9b::10.0.0.1", "::127.0.0.1", "fec0::1", "2001::1", "fd00::1"], [], []),
        ("example.org", ["64:ff9b::8.8.8.8", "2606:4700::1"], [], ["64:ff9b::808:808", "2606:4700::1"]),
        (
            "example.org",
            ["169.254.169.254", "127.0.0.1", "::1", "10.0.0.1", "::ffff:10.0.0.1", "2002:a00:1::"],
            [],
            [],
        ),
        ("example.org", ["0.0.0.0", "224.0.0.1", "255.255.255.255"], ["0.0.0.0/0"], []),  # noqa: S104 - not listened at
        ("lamp", ["192.168.1.5"], ["192.168.1.0/24"], ["192.168.1.5"]),
        ("192.168.1.5", ["192.168.1.5"], [], ["192.168.1.5"]),
        ("localhost", ["::1", "127.0.0.1"], [], ["::1", "127.0.0.1"]),
        ("localhost", ["192.168.1.5"], [], []),
    ],
)
def test_a_name_leads_to_private_addresses_only_where_a_network_is_listed(
    host: str, found: list[str], networks: list[str], wanted: list[str]
) -> None:
    ips = permitted_ips(host, [*map(ipaddress.ip_address, found)], [*map(ipaddress.ip_network, networks)])
    assert ips == [*map(ipaddress.ip_address, wanted)]
