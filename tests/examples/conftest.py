"""An OSC server on a free port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gesturesynth.control.osc.server import OscServer, OscSettings


@pytest.fixture
def server() -> Iterator[OscServer]:
    server = OscServer(OscSettings(port=0))
    yield server
    server.close()
