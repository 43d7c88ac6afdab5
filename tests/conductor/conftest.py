"""Fixtures of the tests of the conductor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.conductor_harness import ConductorHarness


@pytest.fixture
def harness() -> Iterator[ConductorHarness]:
    """A conductor that plays the theremin, with a model and a person in view."""
    from tests.support import conductor_harness  # noqa: PLC0415 - the fast tests of this folder do without

    with conductor_harness.ConductorHarness(conductor_harness.THEREMIN) as created:
        created.wait_until_playing()
        yield created


@pytest.fixture
def untaught() -> Iterator[ConductorHarness]:
    """A conductor with a preset that has no examples yet."""
    from tests.support import conductor_harness  # noqa: PLC0415 - likewise

    preset = conductor_harness.own_preset("bare", conductor_harness.UNTAUGHT)
    with conductor_harness.ConductorHarness(preset) as created:
        created.until(lambda: "not been taught" in created.preset_manager.model_error, "the first reading")
        created.wait_until_idle()
        yield created
