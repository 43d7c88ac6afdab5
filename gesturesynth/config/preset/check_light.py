"""Checks the lamps of a preset: what they follow, and their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gesturesynth.config.preset.light_schema import KINDS, SQUARE, LampEntry
from gesturesynth.config.yaml.document import KeyPath
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.features.catalogue import columns, find_column
from gesturesynth.features.computed.definition import label
from gesturesynth.light.beats import BAR, BEAT
from gesturesynth.light.frames import CHANNELS
from gesturesynth.runtime.light_message import NO_LAMPS, LampSetup, LampSource, LightSetup

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

BITS: Final = (8, 16)


def check_light(checker: Checker) -> LightSetup:
    """The lamps that are right; after outputs, classes, gestures and voices.

    Args:
        checker: of the whole preset; receives the problems.
    """
    return LightChecker(checker).check()


class LightChecker:
    """Checks the lamps of one preset.

    Args:
        checker: of the whole preset; its document receives the problems.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        names = columns(checker.features.full(checker.entries.features))
        self._features = {label(name): name for name in names}
        self._used: dict[tuple[int, int], str] = {}  # (universe, channel) -> lamp

    def check(self) -> LightSetup:
        """The lamps that are right."""
        lamps = [self._lamp(name, entry) for name, entry in self._checker.entries.light.items()]
        return LightSetup(tuple(lamps), self._checker.voices) if lamps else NO_LAMPS

    def _lamp(self, name: str, entry: LampEntry) -> LampSetup:
        here: KeyPath = ("light", name)
        if entry.bits not in BITS:
            self._add((*here, "bits"), f"a component has 8 or 16 bits, not {entry.bits}")
        coloured = entry.kind != "dimmer"
        for key in ("hue", "hues", "saturation"):
            if not coloured and key in entry.model_fields_set:
                self._add((*here, key), "a dimmer has no colour; write `kind: rgb`, or leave this out", key=True)
        usual = 0.0 if entry.flash else 100.0
        lamp = LampSetup(
            name,
            entry.universe,
            entry.channel,
            KINDS[entry.kind],
            wide=entry.bits == 16,
            level=self._source((*here, "level"), usual if entry.level is None else entry.level, 100.0),
            hue=self._source((*here, "hue"), entry.hue, 360.0),
            saturation=self._source((*here, "saturation"), entry.saturation, 100.0),
            # A fixed hue is an angle itself.
            hues=(0.0, 360.0) if isinstance(entry.hue, float) else entry.hues,
            low=entry.range[0] / 100.0,
            high=entry.range[1] / 100.0,
            square=entry.curve == SQUARE,
            flash=self._events(here, entry),
            decay_s=entry.decay,
            idle=None if entry.idle is None else entry.idle / 100.0,
            glide_s=entry.glide,
            spacing=entry.spacing,
        )
        self._place(here, lamp)
        return lamp

    def _source(self, path: KeyPath, value: float | str, full: float) -> LampSource:
        if isinstance(value, float):
            return LampSource(value=value / full if value <= full else value % full / full)  # a hue of two turns
        outputs, classes = self._checker.written("outputs"), self._checker.written("classes")
        if value in outputs or value in self._checker.outputs:
            return LampSource("output", value)
        if value in classes:
            return LampSource("class", value)
        column = self._features.get(value, "")
        feature = find_column(column)
        if feature is not None:
            return LampSource("feature", value, low=feature.low, high=feature.high)
        known = (*self._checker.outputs, *classes, *self._features)
        self._add(path, unknown_name(value, "an output, a class or one of this preset's features", known))
        return LampSource()

    def _events(self, here: KeyPath, entry: LampEntry) -> tuple[str, ...]:
        checker = self._checker
        triggers = [one.trigger for one in checker.classes.values()]
        triggers += [one.trigger for one in checker.gestures.values()]
        struck = filter(None, dict.fromkeys(triggers))
        known = (*checker.written("classes"), *checker.written("gestures"), *struck, BEAT, BAR)
        listed = isinstance(checker.document.data.get("light"), dict)
        for index, event in enumerate(entry.flash if listed else ()):
            path = (*here, "flash", index) if self._is_list(here) else (*here, "flash")
            if event not in known:
                self._add(path, unknown_name(event, "something that happens in this preset", known))
            elif event in {BEAT, BAR} and checker.tempo.result is None:
                self._add(path, f"there is no {event} without a `tempo`")
        return tuple(dict.fromkeys(entry.flash))

    def _is_list(self, here: KeyPath) -> bool:
        lamp = self._checker.written("light").get(str(here[1]))
        return isinstance(lamp, dict) and isinstance(lamp.get("flash"), list)

    def _place(self, here: KeyPath, lamp: LampSetup) -> None:
        """Adds a problem where the lamp, or the copy of it for a person, has a channel that is no channel or taken."""
        copies = self._checker.voices if lamp.spacing else 1
        if lamp.spacing and self._checker.voices == 1:
            sentence = "only with `voices: per_person` there is a lamp for each person; leave this out"
            self._add((*here, "spacing"), sentence, key=True)
        if copies > 1 and lamp.spacing < lamp.width:
            self._add((*here, "spacing"), f"this lamp has {lamp.width} channels; the next one begins behind them")
            return
        last = lamp.channel + (copies - 1) * lamp.spacing + lamp.width - 1
        if last > CHANNELS:
            self._add((*here, "channel"), f"its last channel would be {last}; a universe has {CHANNELS}")
            return
        for copy in range(copies):
            for place in range(lamp.width):
                channel = lamp.channel + copy * lamp.spacing + place
                other = self._used.setdefault((lamp.universe, channel), lamp.name)
                if other != lamp.name:
                    sentence = f"channel {channel} of universe {lamp.universe} is that of '{other}' already"
                    self._add((*here, "channel"), sentence)
                    return

    def _add(self, path: KeyPath, sentence: str, *, key: bool = False) -> None:
        self._checker.document.add_problem(path, sentence, key=key)
