"""When a new line comes, and which: by classes, gestures and time while a person moves. Pure; time is passed in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gesturesynth.words.bends import Bends
from gesturesynth.words.line_maker import LineMaker
from gesturesynth.words.setup import ANY, CLASS, GESTURE, TIME, WordsSetup
from gesturesynth.words.template import Template

MOVING: Final = 0.04
"""Of its range: above it a person moves. How it was chosen: docs/words.md."""
RELEASE_S: Final = 1.5
"""What bends rises at once with the movement, and falls with this time constant: a line is about the last seconds, and
the blow that strikes a gesture is over when the gesture is recognised."""
IDLE: Final = "idle"
"""Why a line is shown: no person is in view."""
HELD: Final = "held"
"""Why a line is gone: it was shown for long enough."""


@dataclass(frozen=True)
class Moment:
    """What is seen at one tick.

    Attributes:
        time_s: monotonic seconds.
        present: whether a person is in view.
        entered: classes that were entered just now.
        performed: gestures that were performed just now.
        holding: the class that the pose has; empty for none.
        scene: that plays; empty where there is one only.
        readings: by the names in `WordsSetup.sources`; one that cannot be told is missing. 0..1: what is beyond, as an
            output with soft limits may be, counts as the end.
    """

    time_s: float
    present: bool
    entered: Sequence[str] = ()
    performed: Sequence[str] = ()
    holding: str = ""
    scene: str = ""
    readings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ShownLine:
    """What is to be read.

    Attributes:
        text: the line; empty for nothing.
        number: counts the lines since the beginning, those that are empty, too.
        cause: the class or gesture that brought it, `time`, `idle` or `held`.
    """

    text: str = ""
    number: int = 0
    cause: str = ""


class WordsPlayer:
    """The words of one preset while it plays.

    Args:
        setup: of the preset.
        seed: where the preset has none of its own.
        former: the line that is shown already; the count goes on from it.

    Attributes:
        shown: the newest line.
    """

    def __init__(self, setup: WordsSetup, seed: int, former: ShownLine = ShownLine()) -> None:
        self._setup = setup
        self._maker = LineMaker(setup, seed if setup.seed is None else setup.seed)
        self.shown = former
        self._readings: dict[str, float] = {}
        self._time_s = -math.inf
        self._seen_s = -math.inf
        self._line_s = -math.inf
        self._empty: bool | None = None  # the room; None before the first tick
        self._waiting = ""  # what brought a line that may not come yet

    def advance(self, moment: Moment) -> bool:
        """One tick; returns whether `shown` is another line now."""
        before = self.shown.number
        self._follow(moment)
        now_s = moment.time_s
        if moment.present:
            self._seen_s = now_s
        empty = now_s - self._seen_s > self._setup.idle_after_s
        if empty and not self._empty:
            self._waiting = ""
            self._show(self._maker.line(self._setup.idle, Bends()), IDLE, now_s)
        elif not empty:
            self._listen(moment)
            self._speak(moment)
        self._empty = empty
        return self.shown.number != before

    def _follow(self, moment: Moment) -> None:
        """What bends: the readings, as they rise at once and fall slowly."""
        kept = math.exp(-max(0.0, moment.time_s - self._time_s) / RELEASE_S)
        self._time_s = moment.time_s
        now = {name: min(max(0.0, reading), 1.0) for name, reading in moment.readings.items()}
        self._readings = {n: max(now.get(n, 0.0), self._readings.get(n, 0.0) * kept) for n in {*self._readings, *now}}

    def _listen(self, moment: Moment) -> None:
        """A class or gesture of this tick brings a line; the newest one does."""
        if CLASS in self._setup.occasions and moment.entered:
            self._waiting = moment.entered[-1]
        if GESTURE in self._setup.occasions and moment.performed:
            self._waiting = moment.performed[-1]

    def _speak(self, moment: Moment) -> None:
        passed_s = moment.time_s - self._line_s
        if self._waiting and passed_s >= self._setup.rest_s:
            cause, self._waiting = self._waiting, ""
            self._show_of(cause, moment)
        elif TIME in self._setup.occasions and self._moves and passed_s >= max(self._interval_s, self._setup.rest_s):
            self._show_of(TIME, moment)
        elif self.shown.text and 0.0 < self._setup.hold_s <= passed_s:
            self._show("", HELD, self._line_s)

    @property
    def _moves(self) -> bool:
        return self._readings.get(self._setup.motion, 0.0) >= MOVING

    @property
    def _interval_s(self) -> float:
        slow_s, fast_s = self._setup.every_s
        return slow_s + (fast_s - slow_s) * self._bends.of("pace", 0.5)

    @property
    def _bends(self) -> Bends:
        sources = self._setup.bends.items()
        return Bends({name: self._readings[source] for name, source in sources if source in self._readings})

    def _show_of(self, cause: str, moment: Moment) -> None:
        """A line about what brought it."""
        line = self._maker.line(self._templates(cause, moment), self._bends)
        if line:
            self._show(line, cause, moment.time_s)

    def _templates(self, cause: str, moment: Moment) -> Sequence[Template]:
        """Those of the class or gesture; on time of the class that is held; else of the scene, else of all."""
        for name in (cause if cause != TIME else moment.holding, moment.scene, ANY):
            if templates := self._setup.lines.get(name):
                return templates
        return ()

    def _show(self, text: str, cause: str, time_s: float) -> None:
        if text or self.shown.text or cause == IDLE:
            self.shown = ShownLine(text, self.shown.number + 1, cause)
        self._line_s = time_s
