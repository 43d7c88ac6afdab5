"""For the tab `map`: the newest evaluation and advice, which statuses do not carry."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from gesturesynth.control.command_socket import NothingRunning
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.page.command_wire import CommandWire
from gesturesynth.page.tab_service import PageQuestion, Surroundings, TabService, Values


class Judgement(msgspec.Struct, frozen=True):
    """The part of the conductor's state that this tab shows; see `runtime.reports.ConductorState`."""

    evaluating: bool = False
    evaluation: dict[str, Any] | None = None
    advice: dict[str, Any] | None = None


_DECODER: Final = msgspec.json.Decoder(Judgement)


def serve(surroundings: Surroundings) -> TabService:
    """The question `judgement`."""

    async def judgement(_values: Values) -> object:
        return await _judgement(surroundings.wire)

    return TabService((PageQuestion("judgement", "look", judgement),))


async def _judgement(wire: CommandWire) -> Judgement:
    try:
        answer = await wire.ask(None)
    except NothingRunning as error:
        raise GestureSynthError(str(error)) from error
    return _DECODER.decode(answer.state)
