"""Which Host and Origin are let in: rebound names and foreign pages are not."""

from __future__ import annotations

import pytest

from gesturesynth.page.admission import Admission, host_name, is_local

LOOPBACK = "127.0.0.1"
LAN = "192.168.0.7"


@pytest.mark.parametrize("host", ["127.0.0.1:9470", "localhost:9470", "LOCALHOST", "localhost:8080"])
def test_this_computer_is_known_by_its_own_names(host: str) -> None:
    assert Admission().host_refusal({"host": host}, LOOPBACK) == ""


STRANGE = """
evil.example evil.example:9470 127.0.0.1.evil.example localhost.evil.example user@localhost localhost/evil
localhost:port [::1 127.0.0.2:9470 0.0.0.0:9470 gallery.local
"""


@pytest.mark.parametrize("host", ["", *STRANGE.split()])
def test_a_name_that_leads_here_is_not_enough(host: str) -> None:
    assert Admission().host_refusal({"host": host} if host else {}, LOOPBACK)


def test_names_of_the_settings_and_the_address_that_was_connected_to_are_known() -> None:
    admission = Admission(["Gallery.local"])
    assert admission.host_refusal({"host": "gallery.local:9470"}, LAN) == ""
    assert admission.host_refusal({"host": "gallery.local.:9470"}, LAN) == ""
    assert admission.host_refusal({"host": f"{LAN}:9470"}, LAN) == ""
    assert admission.host_refusal({"host": "192.168.0.8:9470"}, LAN)
    assert admission.host_refusal({"host": "localhost:9470"}, LAN), "a name for this computer only"


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "refused"),
    [
        ("http://127.0.0.1:9470", "127.0.0.1:9470", "http", False),
        ("http://LOCALHOST:9470", "localhost:9470", "http", False),
        ("https://localhost:9470", "localhost:9470", "https", False),
        ("https://localhost:9470", "localhost:9470", "http", True),
        ("http://localhost:3000", "localhost:9470", "http", True),
        ("http://evil.example", "localhost:9470", "http", True),
        ("http://localhost:9470.evil.example", "localhost:9470", "http", True),
        ("null", "localhost:9470", "http", True),
        ("file://", "localhost:9470", "http", True),
        ("", "", "http", True),
    ],
)
def test_only_our_own_page_may_ask(origin: str, host: str, scheme: str, *, refused: bool) -> None:
    headers = {"origin": origin, "host": host}
    assert bool(Admission.origin_refusal(headers, scheme, required=True)) is refused


def test_without_an_origin_files_are_given_to_people_and_not_to_other_pages() -> None:
    refusal = Admission.origin_refusal
    assert refusal({"host": "localhost"}, "http", required=False) == ""
    assert refusal({"host": "localhost", "sec-fetch-site": "none"}, "http", required=False) == ""
    assert refusal({"host": "localhost", "sec-fetch-site": "cross-site"}, "http", required=False)
    assert refusal({"host": "localhost"}, "http", required=True)


def test_behind_a_proxy_an_address_of_this_computer_says_nothing() -> None:
    assert is_local({}, "127.0.0.1")
    assert is_local({}, "::1")
    assert not is_local({"x-forwarded-for": "10.0.0.1"}, "127.0.0.1")
    assert not is_local({}, "192.168.0.9")
    assert not is_local({}, "")


def test_a_port_is_no_part_of_a_name() -> None:
    assert host_name("[::1]:9470") == "::1"
    assert host_name("localhost:99999") == ""
