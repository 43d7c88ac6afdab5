"""The desk: messages of the conductor in, frames of all universes out. Pure; times are passed in.

what lamps do -> crossfade from the former look -> dimmed -> no more flashes than allowed -> bytes
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from gesturesynth.light.beats import BeatCounter
from gesturesynth.light.dimming import STOPPING, Dimmer, dark_reason
from gesturesynth.light.flash_limits import FlashGate, SwingLimiter
from gesturesynth.light.frames import Looks, Slot, frame, mixed
from gesturesynth.light.lamp_levels import LampLevels
from gesturesynth.light.protocols import PROTOCOLS, Destination, LightSettings
from gesturesynth.runtime.light_message import LampSetup, LightMessage, LightSetup, LightState
from gesturesynth.runtime.piece_events import EventWatch
from gesturesynth.runtime.piece_state import VoiceState

FRESH_S: Final = 1.0
"""A conductor that has sent nothing for so long is silent."""
HOLD_S: Final = 5.0
"""So long the last look stays without a conductor."""
LOST_FADE_S: Final = 2.0
"""Then it fades to the idle look in this time."""
SETTLE_S: Final = 1.0
"""A conductor that was started again needs so long until it sees who is there: the look before stays meanwhile."""
CHANGE_FADE_S: Final = 1.0
"""From the lamps of one preset to those of another."""


@dataclass
class LampCopy:
    """A lamp, or the copy of it for one voice.

    Attributes:
        lamp: as the preset has it.
        voice: which it follows, from 0; None for the one that leads.
        to: its universe on the network.
        slots: of its components.
        brightness: limits its brightest component: colours that take turns flash no more often than one does.
    """

    lamp: LampSetup
    voice: int | None
    to: Destination
    slots: tuple[Slot, ...]
    levels: LampLevels
    brightness: SwingLimiter

    def step(self, voice: VoiceState | None, now_s: float, *, flash: bool) -> dict[Slot, float]:
        """The level of each slot; see `LampLevels.step`."""
        wanted = self.levels.step(voice, now_s, flash=flash)
        brightest = max(wanted)
        allowed = self.brightness.step(brightest, now_s)
        part = allowed / brightest if brightest else 1.0
        return {slot: level * part for slot, level in zip(self.slots, wanted, strict=True)}


def lamp_copies(setup: LightSetup, settings: LightSettings) -> list[LampCopy]:
    """All lamps of a preset, those of its voices among them. One without a universe on the network is left out."""
    found = []
    for lamp in setup.lamps:
        to = settings.destination(lamp.universe)
        voices: list[int | None] = [*range(setup.voices)] if lamp.spacing and setup.voices > 1 else [None]
        for voice in voices if to else ():
            first = lamp.channel + (voice or 0) * lamp.spacing
            step = lamp.width // len(lamp.components)
            slots = tuple(Slot(first + place * step, lamp.wide) for place in range(len(lamp.components)))
            if to and first + lamp.width - 1 <= 512:
                brightness = SwingLimiter(max(1, settings.flashes))
                found.append(LampCopy(lamp, voice, to, slots, LampLevels(lamp), brightness))
    return found


def missing_universes(setup: LightSetup, settings: LightSettings) -> str:
    """A sentence about the first lamp whose universe the protocol does not have; empty where there is none."""
    for lamp in setup.lamps:
        if settings.destination(lamp.universe) is None:
            title = PROTOCOLS[settings.protocol].title
            return f"'{lamp.name}' has no universe: {title} has none of number {lamp.universe}; see `light.universes`"
    return ""


def shared_channel(copies: list[LampCopy]) -> str:
    """A sentence about the first two lamps with one channel in common; the preset may have them in two universes."""
    taken: dict[tuple[Destination, int], str] = {}
    for copy in copies:
        name, first = copy.lamp.name, copy.slots[0].channel
        for channel in range(first, first + copy.lamp.width):
            other = taken.setdefault((copy.to, channel), name)
            if other != name:
                return (
                    f"'{name}' and '{other}' have channel {channel} of universe {copy.to.number} in common on the "
                    "network; see `light.universes`"
                )
    return ""


class LightDesk:
    """Knows what all lamps have to do.

    Args:
        settings: of the machine.
        lit: whether lamps are lit already, by a former life of this process: then they do not fade in from dark.

    Attributes:
        state: see `LightState`.
        dark: why it is dark; empty where it is not.
        problem: a sentence about lamps that cannot be driven; empty where all can.
        lamps: how many copies of lamps there are.
    """

    def __init__(self, settings: LightSettings, *, lit: bool = False) -> None:
        self._settings = settings
        self._lit = lit
        self._message: LightMessage | None = None
        self._arrived_s = -math.inf
        self._piece: tuple[int, int] | None = None
        self._copies: list[LampCopy] = []
        self._events, self._beats = EventWatch(), BeatCounter()
        self._pending: list[set[str]] = []  # by voice, since the last step
        self._gate = FlashGate(settings.flashes)
        self._limiters: dict[tuple[Destination, int], SwingLimiter] = {}  # by universe and first channel
        self._dimmer = Dimmer(1.0 if lit else 0.0)
        self._shown: Looks = {}
        self._former: Looks = {}
        self._fade_begun_s, self._fade_s = -math.inf, CHANGE_FADE_S
        self._lost = False  # no conductor for longer than HOLD_S
        self.state: LightState = "waiting"
        self.dark = ""
        self.problem = ""

    @property
    def lamps(self) -> int:
        """How many lamps the preset has, with those of all voices."""
        return len(self._copies)

    @property
    def withheld(self) -> int:
        """How many flashes were withheld."""
        return self._gate.withheld

    @property
    def is_dark(self) -> bool:
        """Whether all lamps are out, as far as it is up to the dimmer."""
        return self._dimmer.factor == 0.0

    def take(self, message: LightMessage, now_s: float) -> None:
        """Takes a message of the conductor, which has just arrived."""
        state = message.state
        if self._message is None or message.setup != self._message.setup:
            if self._message is not None or not self._lit:
                self._begin_fade(now_s, CHANGE_FADE_S)
            if self._message is None and dark_reason(state, when_muted=self._settings.dark_when_muted):
                self._dimmer.factor = 0.0  # they were dark in the former life, too
            self._copies = lamp_copies(message.setup, self._settings)
            self.problem = missing_universes(message.setup, self._settings) or shared_channel(self._copies)
        elif state.pid != self._message.state.pid:
            self._begin_fade(now_s + SETTLE_S, CHANGE_FADE_S)
        elif self._lost:
            self._begin_fade(now_s, CHANGE_FADE_S)
        self._lost = False
        if (state.pid, state.changes) != self._piece:
            self._piece, self._pending = (state.pid, state.changes), []
        happened = self._events.step(state)
        self._pending += [set() for _ in range(len(happened) - len(self._pending))]
        for names, new in zip(self._pending, happened, strict=False):
            names.update(new.names)
        self._message, self._arrived_s = message, now_s

    def step(self, now_s: float, *, stopping: bool = False) -> dict[Destination, bytes]:
        """The frames of now; none before the first message.

        Args:
            now_s: monotonic seconds.
            stopping: whether the process stops: all lamps go out.
        """
        message = self._message
        if message is None:
            return {}
        self._update_state(now_s)
        self.dark = dark_reason(message.state, when_muted=self._settings.dark_when_muted)
        if stopping and self.dark != "panic":
            self.dark = STOPPING
        look = self._look(message, now_s)
        passed = (now_s - self._fade_begun_s) / self._fade_s
        if passed < 1.0:
            look = mixed(self._former, look, max(0.0, passed))
        else:
            self._former = {}
        self._shown = look
        factor = self._dimmer.step(self.dark, now_s) * self._settings.most
        if self.dark:
            self.state = "dark"
        self._forget(look)
        return {to: frame(self._limited(to, levels, factor, now_s)) for to, levels in look.items()}

    def _update_state(self, now_s: float) -> None:
        age_s = now_s - self._arrived_s
        state: LightState = "live" if age_s < FRESH_S else "holding" if age_s < HOLD_S else "idle"
        if state == "idle" and not self._lost:
            self._lost = True
            self._begin_fade(now_s, LOST_FADE_S)
        self.state = state

    def _look(self, message: LightMessage, now_s: float) -> Looks:
        voices = message.state.voices
        beats = self._beats.step(message.state, now_s) if self.state == "live" else frozenset()
        pending, self._pending = self._pending, []
        flashing = [bool(self._happened(copy, message, pending, beats)) for copy in self._copies]
        if any(flashing) and not self._gate.allow(now_s):
            flashing = [False] * len(flashing)
        look: Looks = {}
        for copy, flash in zip(self._copies, flashing, strict=True):
            number = message.state.lead if copy.voice is None else copy.voice
            voice = voices[number] if number < len(voices) and not self._lost else None
            look.setdefault(copy.to, {}).update(copy.step(voice, now_s, flash=flash))
        return look

    @staticmethod
    def _happened(copy: LampCopy, message: LightMessage, pending: list[set[str]], beats: frozenset[str]) -> set[str]:
        """Those of the lamp's events that have happened. One lamp for all voices flashes for each of them."""
        numbers = range(len(pending)) if copy.voice is None else [copy.voice]
        names = {name for number in numbers if number < len(pending) for name in pending[number]}
        voices, number = message.state.voices, copy.voice
        if number is None or (number < len(voices) and voices[number].present):
            names |= beats
        return names & set(copy.lamp.flash)

    def _limited(self, to: Destination, levels: dict[Slot, float], factor: float, now_s: float) -> dict[Slot, float]:
        found = {}
        for slot, level in levels.items():
            key = to, slot.channel
            limiter = self._limiters.get(key)
            if limiter is None:
                limiter = self._limiters[key] = SwingLimiter(max(1, self._settings.flashes))
            found[slot] = limiter.step(level * factor, now_s)
        return found

    def _forget(self, look: Looks) -> None:
        """Limiters of slots that no lamp has any more."""
        if len(self._limiters) > sum(map(len, look.values())):
            kept = {(to, slot.channel) for to, levels in look.items() for slot in levels}
            self._limiters = {key: limiter for key, limiter in self._limiters.items() if key in kept}

    def _begin_fade(self, now_s: float, fade_s: float) -> None:
        self._former, self._fade_begun_s, self._fade_s = self._shown, now_s, fade_s
