"""What is taught, and the ways of teaching besides single takes: nudge, morph, play-along, grab."""

from __future__ import annotations

from collections.abc import Iterator

from gesturesynth.control.command_table import SNAPSHOTS
from gesturesynth.control.commands import Call
from gesturesynth.control.session.context import Rules, SessionContext
from gesturesynth.control.session.events import Cue, Event, Nudge, ShowMessage
from gesturesynth.control.session.set_outputs import set_values
from gesturesynth.control.session.sound import SCORE, SET_VALUES, OutputState
from gesturesynth.control.session.take import Take
from gesturesynth.control.session.targets import GRAB, MORPH, NUDGE, PLAY_ALONG, SET, is_class

Events = Iterator[Event]


class Ways:
    """What these commands do to the take and the sound of a session.

    Args:
        rules: times.
        take: of the session.
        output: likewise.

    Attributes:
        chosen: the snapshot or class that was chosen; may be empty.
    """

    def __init__(self, rules: Rules, take: Take, output: OutputState) -> None:
        self.chosen = ""
        self._rules = rules
        self._take = take
        self._output = output

    @property
    def target(self) -> str:
        """What the take is for that is under way, or else the next one."""
        if self._take.phase != "playing":
            return self._take.target
        if self._output.held == SET_VALUES:
            return SET
        return MORPH if self._output.morphing else self.chosen

    def label(self, call: Call, context: SessionContext) -> Events:
        """Chooses a class or gesture: the one that is named, or the next."""
        labels = context.labels
        following = labels.index(self.chosen) + 1 if self.chosen in labels else 0
        return self.choose(str(call.values[0]) if call.values else labels[following % len(labels)], context)

    def choose(self, target: str, context: SessionContext) -> Events:
        """Chooses what takes are recorded for; a snapshot is heard."""
        self.chosen = target
        takes = context.takes.get(target, 0)
        yield from self._output.hold(target)
        yield Cue("selected")
        yield ShowMessage(
            f"{context.text(target, first=True)}, {takes} take{'s' * (takes != 1)} so far. "
            + ("Space records one." if target not in context.gestures else "Space records one; move once in it.")
        )

    def let_go(self) -> Events:
        """Nothing is chosen, and the body plays."""
        self.chosen = ""
        return self._output.release_sound()

    def nudge(self, now_s: float) -> Events:
        """A take of the last seconds for what is held, else for the chosen class, else for what played."""
        held = self._output.held
        target = held if held in SNAPSHOTS else self.chosen if is_class(self.chosen) and not held else NUDGE
        yield Nudge(target, now_s - self._rules.nudge_s, now_s)

    def morph(self, call: Call) -> Events:
        """Holds the sound between two snapshots."""
        self.chosen = ""  # what is heard is not what was chosen
        first, second, part = call.values
        return self._output.morph(str(first), str(second), float(part))

    def set_outputs(self, call: Call, context: SessionContext) -> Events:
        """Holds the values that were set."""
        self.chosen = ""  # likewise
        return self._output.set_values(set_values(call, context))

    def play_along(self, context: SessionContext, now_s: float) -> Events:
        """Counts down for a take of the score; during one, calls it off or ends it."""
        if self._take.phase != "playing":
            yield from self._take.move("record", now_s)
            return
        yield from self._output.play_score()
        yield from self._take.begin(PLAY_ALONG, context.text(PLAY_ALONG), now_s, context.score_s)

    def grab(self, call: Call, context: SessionContext, now_s: float) -> Events:
        """Counts down for watching the person move, while the body plays; during it, calls it off or ends it."""
        if self._take.phase != "playing":
            yield from self._take.move("record", now_s)
            return
        yield from self._output.release_sound()
        length_s = float(call.values[0]) if call.values else self._rules.grab_s
        yield from self._take.begin(GRAB, context.text(GRAB), now_s, length_s)

    def settle(self) -> Events:
        """After each step: the score is heard only as long as its take."""
        if self._output.held == SCORE and self._take.phase == "playing":
            yield from self._output.release_sound()
