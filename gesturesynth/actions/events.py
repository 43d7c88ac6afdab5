"""What has happened from one message to the next that actions may be about. Pure: the time is that of the messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gesturesynth.runtime.action_message import ActionEvent, EventKind
from gesturesynth.runtime.piece_events import EventWatch, VoiceEvents
from gesturesynth.runtime.piece_state import PieceState

COMES_S: Final = 0.2
GOES_S: Final = 1.0
"""A person counts as come, or as gone, when the number of people has been greater or smaller for so long. Table in
docs/actions.md."""


@dataclass(frozen=True)
class Occurrence:
    """Something that has happened, and in which voice, from 0."""

    event: ActionEvent
    voice: int = 0


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


class Occurrences:
    """Finds out what has happened: in the voices, and to the piece."""

    def __init__(self) -> None:
        self._voices = EventWatch()
        self._of: tuple[int, int] | None = None
        self._scene = ""
        self._people = PeopleCount()

    def step(self, state: PieceState) -> list[Occurrence]:
        """What has happened since the message before; each event of a voice once."""
        found = [
            Occurrence(event, voice) for voice, own in enumerate(self._voices.step(state)) for event in _events(own)
        ]
        of = (state.pid, state.changes)
        if of != self._of:
            self._of, self._scene = of, state.scene
        if state.scene != self._scene:
            self._scene = state.scene
            found += [Occurrence(ActionEvent("scene", name), state.lead) for name in ("", state.scene)]
        change = self._people.step(state.people, state.time_s)
        if change:
            found.append(Occurrence(ActionEvent("comes" if change > 0 else "goes"), state.lead))
        return found


def _events(voice: VoiceEvents) -> Iterator[ActionEvent]:
    if voice.left:
        yield ActionEvent("left", voice.left)
    kinds: tuple[tuple[EventKind, tuple[str, ...]], ...] = (
        ("entered", voice.entered),
        ("performed", voice.performed),
        ("struck", voice.struck),
    )
    for kind, names in kinds:
        yield from (ActionEvent(kind, name) for name in names)
