"""An offline engine that knows the stub instruments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.stub_instruments import KINDS


@pytest.fixture
def engine() -> Iterator[OfflineEngine]:
    with OfflineEngine(kinds=KINDS) as offline:
        yield offline
