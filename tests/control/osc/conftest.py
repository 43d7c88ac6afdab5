"""An OSC server on a free port, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gesturesynth.control.osc.server import OscServer, OscSettings
from tests.support.osc_client import MakeOscClient, osc_clients


@pytest.fixture
def server() -> Iterator[OscServer]:
    server = OscServer(OscSettings(port=0))
    yield server
    server.close()


@pytest.fixture
def programs(server: OscServer) -> Iterator[MakeOscClient]:
    with osc_clients(server) as make:
        yield make
