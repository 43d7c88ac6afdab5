"""What has happened in a piece from one message to the next. Pure: the time is that of the messages.

Counts only grow, and the first one that is seen is the zero mark, so that neither a new process nor another preset
brings about what happened before. Where a count has grown by several, it has happened once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.runtime.action_message import ActionEvent, EventKind
from gesturesynth.runtime.piece_state import PieceState, VoiceState

COMES_S: Final = 0.2
GOES_S: Final = 1.0
"""A person counts as come, or as gone, when the number of people has been greater or smaller for so long. Table in
docs/actions.md."""


@dataclass(frozen=True)
class Occurrence:
    """Something that has happened, and in which voice, from 0."""

    event: ActionEvent
    voice: int = 0


@dataclass
class _Voice:
    """The counts of one voice as they were."""

    entered: Mapping[str, int] = field(default_factory=dict)
    performed: Mapping[str, int] = field(default_factory=dict)
    struck: Mapping[str, int] = field(default_factory=dict)
    recognised: str = ""


class PeopleCount:
    """How many persons there are, without those that are lost or seen for a moment.

    Attributes:
        people: the number that counts; None before the first message.
    """

    def __init__(self) -> None:
        self.people: int | None = None
        self._since_s = 0.0
        self._direction = 0

    def step(self, people: int, now_s: float) -> int:
        """Takes the number that is seen; returns by how many it has changed."""
        if self.people is None:
            self.people = people
            return 0
        direction = (people > self.people) - (people < self.people)
        if direction != self._direction:
            self._direction, self._since_s = direction, now_s
        if not direction or now_s - self._since_s < (COMES_S if direction > 0 else GOES_S):
            return 0
        change, self.people, self._direction = people - self.people, people, 0
        return change


class EventWatch:
    """Finds out what has happened."""

    def __init__(self) -> None:
        self._of: tuple[int, int] | None = None
        self._voices: list[_Voice] = []
        self._scene = ""
        self._people = PeopleCount()

    def step(self, state: PieceState) -> list[Occurrence]:
        """What has happened since the message before; each event of a voice once."""
        of = (state.pid, state.changes)
        same, self._of = of == self._of, of
        found: list[Occurrence] = []
        if not same:
            self._scene = state.scene
            self._voices = []
        while len(self._voices) < len(state.voices):
            self._voices.append(_recorded(state.voices[len(self._voices)]))
        for number, voice in enumerate(state.voices):
            found += [Occurrence(event, number) for event in _of_voice(self._voices[number], voice)]
            self._voices[number] = _recorded(voice)
        if state.scene != self._scene:
            self._scene = state.scene
            found += [Occurrence(ActionEvent("scene", name), state.lead) for name in ("", state.scene)]
        change = self._people.step(state.people, state.time_s)
        if change:
            found.append(Occurrence(ActionEvent("comes" if change > 0 else "goes"), state.lead))
        return found


def _recorded(voice: VoiceState) -> _Voice:
    return _Voice(voice.entered, voice.performed, voice.struck, voice.recognised)


def _of_voice(before: _Voice, now: VoiceState) -> Iterator[ActionEvent]:
    if before.recognised and before.recognised != now.recognised:
        yield ActionEvent("left", before.recognised)
    yield from _grown("entered", before.entered, now.entered)
    yield from _grown("performed", before.performed, now.performed)
    yield from _grown("struck", before.struck, now.struck)


def _grown(kind: EventKind, before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[ActionEvent]:
    for name, count in now.items():
        if count > before.get(name, count):
            yield ActionEvent(kind, name)
