"""What the doctor says about OSCQuery and zeroconf."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.config.settings.settings import loads
from gesturesynth.ops.doctor.checks.discovery import DiscoveryFacts, check_discovery, judge_discovery
from gesturesynth.ops.doctor.finding import Examination

ALL = DiscoveryFacts(has_zeroconf=True, has_network=True)
OPEN = b"page: {listen: 192.168.1.0/24}"


@pytest.mark.parametrize(
    ("text", "facts", "grade", "words"),
    [
        (b"", ALL, "pass", "http://127.0.0.1:9470/ (OSCQuery); the network is told nothing"),
        (b"oscquery: {enabled: no}", ALL, "pass", "switched off"),
        (b"page: {enabled: no}", ALL, "pass", "not served"),
        (b"page: {enabled: no}\noscquery: {without_page: yes}", ALL, "pass", "127.0.0.1:9471"),
        (OPEN, ALL, "pass", "announced to the local network as 'Gesture Synth on "),
        (OPEN + b"\noscquery: {announce: no}", DiscoveryFacts(False, False), "pass", "told nothing"),
        (OPEN, DiscoveryFacts(False, True), "warn", "zeroconf is not installed"),
        (b"osc: {host: 0.0.0.0, allow: [192.168.1.2]}", DiscoveryFacts(True, False), "warn", "in none"),
        (OPEN[:-1] + b", certificate: a.pem, key: b.pem}", ALL, "warn", "speaks HTTPS"),
    ],
)
def test_what_other_computers_find_is_said(text: bytes, facts: DiscoveryFacts, grade: str, words: str) -> None:
    found = judge_discovery(loads(text, Path("gesturesynth.yaml")), facts)
    assert found.grade == grade, found
    assert words in found.found, found


def test_this_computer_is_looked_at() -> None:
    assert check_discovery(Examination(loads(b"", Path("gesturesynth.yaml")), Path("/run/nowhere"))).grade == "pass"
