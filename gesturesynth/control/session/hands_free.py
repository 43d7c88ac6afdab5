"""Hands-free: a pose that was taught, held for two seconds, is the record button; by the table `HANDS_FREE`.

Each time it is held, a take is recorded for what is chosen, after the usual countdown; then the next snapshot is chosen
and heard (the next class or gesture where there are no snapshots). After the last one it trains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gesturesynth.control.session.context import Rules, SessionContext
from gesturesynth.control.session.events import Cue, EndTake, Event, ShowMessage
from gesturesynth.control.session.take import Take
from gesturesynth.control.session.targets import BUTTON
from gesturesynth.control.session.training import Fit
from gesturesynth.control.session.transitions import HANDS_FREE, HandsFreeCause
from gesturesynth.control.session.ways import Ways
from gesturesynth.runtime.session_state import HandsFreeState

Events = Iterator[Event]


class HandsFree:
    """What the pose of the button does to the take, what is chosen, and the training of a session.

    Args:
        rules: whether it is on where no command has chosen.
        chosen: see the attributes.
        take: of the session.
        ways: likewise.
        fit: likewise.

    Attributes:
        state: see `HANDS_FREE`; it is off while the preset that plays has no such pose.
        chosen: whether a command has switched it on or off; None where none has.
    """

    def __init__(self, rules: Rules, chosen: bool | None, take: Take, ways: Ways, fit: Fit) -> None:  # noqa: FBT001
        self.state: HandsFreeState = "off"
        self.chosen = chosen
        self._rules = rules
        self._take = take
        self._ways = ways
        self._fit = fit
        self._target = ""  # of the take that the pose has begun
        self._saving = False  # the outcome of a take that was kept is due

    def switch(self, on: bool | None, context: SessionContext, now_s: float) -> Events:  # noqa: FBT001 - None: toggle
        """The command. Where the pose was not taught yet, a take of it comes first."""
        wanted = self.state == "off" if on is None else on
        self.chosen = wanted
        if not wanted:
            if self.state != "off":
                self._move("off")
            yield Cue("undo")
            yield ShowMessage("Hands-free is off: no pose records.")
        elif self.state == "off" and not _is_taught(context):
            self._move("teach")
            yield from self._take.begin(BUTTON, context.text(BUTTON), now_s)
        else:
            if self.state == "off":
                self._move("on")
            yield Cue("selected")
            yield ShowMessage("Hands-free is on: hold the pose of your record button for two seconds to record a take.")

    def press(self, context: SessionContext, now_s: float) -> Events:
        """The report that the pose was held: counts down for a take of what is chosen, or else of the first."""
        targets = _targets(context)
        if self.state != "ready" or self._take.phase != "playing" or self._saving or not targets:
            return
        if not self._ways.target:
            yield from _silently(self._ways.choose(targets[0], context))
        self._move("press")
        self._target = self._ways.target
        yield from self._take.begin(self._target, context.text(self._target), now_s)

    def saved(self, target: str, text: str, context: SessionContext) -> Events:
        """After the report that a take is on the disk, `text`: what is next."""
        self._saving = False
        if self.state == "teaching" and target == BUTTON:
            self._move("taught")
            yield ShowMessage(
                "The pose of your record button is saved. Hold it for two seconds to record a take; f switches it off."
            )
        elif self.state == "taking" and target == self._target:
            self._move("taken")
            targets = _targets(context)
            following = targets[targets.index(target) + 1 :] if target in targets else targets
            if following:
                yield from _silently(self._ways.choose(following[0], context))
                yield ShowMessage(f"{text} Next: {context.text(following[0])}; hold the pose of your record button.")
            else:
                yield from self._ways.let_go()
                yield from _silently(self._fit.train())
                yield ShowMessage(f"{text} That was the last one. Training.")

    def failed(self) -> None:
        """After the report that a take could not be kept."""
        self._saving = False

    def settle(self, events: Iterable[Event], context: SessionContext) -> None:
        """After each step: a take that was called off has ended, and a pose may be there, or gone."""
        self._saving |= any(isinstance(event, EndTake) and event.keep for event in events)
        if self.state in ("teaching", "taking") and self._take.phase == "playing" and not self._saving:
            self._move("ended")
        if self.state == "ready" and not _is_taught(context):
            self._move("gone")
        wanted = self._rules.hands_free if self.chosen is None else self.chosen
        if self.state == "off" and wanted and _is_taught(context):
            self._move("on")

    def _move(self, cause: HandsFreeCause) -> None:
        """One line of the table. Raises KeyError for one that is not in it."""
        self.state = HANDS_FREE[self.state, cause]


def _is_taught(context: SessionContext) -> bool:
    return bool(context.takes.get(BUTTON))


def _targets(context: SessionContext) -> list[str]:
    """What is recorded in turn."""
    return [str(number) for number in sorted(context.snapshots)] or [*context.labels]


def _silently(events: Events) -> Events:
    """Without cues and messages: those of what led to them are enough."""
    return (event for event in events if not isinstance(event, Cue | ShowMessage))
