"""The sound: one that is held instead of the mapping, volume, mute, panic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gesturesynth.control.command_table import SNAPSHOTS, VOLUME_HIGH_DB, VOLUME_LOW_DB
from gesturesynth.control.session.context import Choices
from gesturesynth.control.session.events import (
    Cue,
    Event,
    HoldMorph,
    HoldScore,
    HoldSound,
    HoldValues,
    Randomise,
    ReleaseSound,
    SetMuted,
    SetOpen,
    SetPanic,
    SetVolume,
    ShowMessage,
)

RANDOM: Final = "random"
"""`OutputState.held` when it is a random sound."""
SCORE: Final = "score"
"""`OutputState.held` while a score sounds."""
SET_VALUES: Final = "set"
"""`OutputState.held` when it is values that were set."""
MORPHED: Final = "morph "
"""`OutputState.held` begins with this when it is the sound between two snapshots."""


class OutputState:
    """Values that commands set; each has an event that carries it out.

    They are independent: a panic ends when it is released and by nothing else, and what was muted before it is
    muted after it.

    Attributes:
        held: `"1"`..`"9"`, `random`, `set`, `morph 1 2 0.5`, `score`, or empty while the mapping sounds.
        audition: whether a snapshot that is chosen is held.
        volume_db: -60..0.
        muted, panic: silence.
        closed: the opening hours as a text, while they make silence; else empty.
    """

    def __init__(self, choices: Choices) -> None:
        self.held = ""
        self.audition = choices.audition
        self.volume_db = _within(choices.volume_db)
        self.muted = choices.muted
        self.panic = choices.panic
        self.closed = ""

    def hold(self, target: str) -> Iterator[Event]:
        """The chosen snapshot is heard; a class has no sound of its own, so the mapping sounds."""
        if not (self.audition and target in SNAPSHOTS):
            yield from self.release_sound()
        elif self.held != target:
            self.held = target
            yield HoldSound(target)

    def release_sound(self) -> Iterator[Event]:
        """The mapping sounds."""
        if self.held:
            self.held = ""
            yield ReleaseSound()

    def randomise(self) -> Iterator[Event]:
        """Another sound, whatever is chosen."""
        self.held = RANDOM
        yield Randomise()
        yield Cue("selected")
        yield ShowMessage("Another sound. Keep it (s), or try one more (r).")

    @property
    def morphing(self) -> bool:
        """Whether the sound between two snapshots is held."""
        return self.held.startswith(MORPHED)

    def morph(self, first: str, second: str, part: float) -> Iterator[Event]:
        """The sound between two snapshots, whatever is chosen. A fader moves it: only the first of many has a cue."""
        pair = f"{MORPHED}{first} {second} "
        yield from () if self.held.startswith(pair) else (Cue("selected"),)
        self.held = f"{pair}{part:.3g}"
        yield HoldMorph(first, second, part)
        yield ShowMessage(f"Between snapshots {first} and {second}, at {part:.3g}. Space records a take; keep it (s).")

    def set_values(self, values: dict[str, float]) -> Iterator[Event]:
        """Values of outputs, whatever is chosen. Programs set them as faders do: only the first of many have a cue."""
        yield from () if self.held == SET_VALUES else (Cue("selected"),)
        self.held = SET_VALUES
        yield HoldValues(values)
        yield ShowMessage("These values are held. Space records a take for them; keep them (s).")

    def play_score(self) -> Iterator[Event]:
        """The beginning of the score, whatever is chosen."""
        self.held = SCORE
        yield HoldScore()

    def set_audition(self, *, on: bool | None, target: str) -> Iterator[Event]:
        """On, off, or the other of the two; at once for what is chosen now."""
        self.audition = not self.audition if on is None else on
        if target or not self.audition:  # with nothing chosen, a random sound is held on
            yield from self.hold(target)
        yield Cue("selected")
        yield ShowMessage("Chosen snapshots are heard." if self.audition else "Chosen snapshots are not heard.")

    def set_volume(self, volume_db: float) -> Iterator[Event]:
        """Anything beyond the ends is the end."""
        self.volume_db = _within(volume_db)
        yield SetVolume(self.volume_db)
        yield ShowMessage(f"Volume {self.volume_db:.3g} dB{self._silent()}.")

    def step_volume(self, step_db: float) -> Iterator[Event]:
        """A key: the cue tells how loud it is now."""
        yield from self.set_volume(self.volume_db + step_db)
        yield Cue("selected")

    def set_muted(self, *, on: bool | None) -> Iterator[Event]:
        """On, off, or the other of the two."""
        self.muted = not self.muted if on is None else on
        yield SetMuted(self.muted)
        yield from () if self.muted else (Cue("selected"),)
        yield ShowMessage("Sound is off." if self.muted else f"Sound is on{self._silent()}.")

    def set_panic(self) -> Iterator[Event]:
        """Said again even if it is on already."""
        self.panic = True
        yield SetPanic(on=True)
        yield ShowMessage("Silence, until it is released (R).")

    def release(self) -> Iterator[Event]:
        """Said again even if it is off already."""
        self.panic = False
        yield SetPanic(on=False)
        yield Cue("selected")
        yield ShowMessage(f"Released{self._silent()}.")

    def set_open(self, *, on: bool, until: str) -> Iterator[Event]:
        """Open, or closed, whatever the hours say; when they change, they decide again."""
        self.closed = "" if on else "closed by hand"
        yield SetOpen(on)
        yield from (Cue("selected"),) if on else ()
        when = f" until {until}; then the hours decide again" if until else " until it is changed by hand"
        yield ShowMessage(f"{'Open' if on else 'Closed'}{when}{self._silent() if on else ''}.")

    def _silent(self) -> str:
        """Why it is nevertheless silent."""
        if self.panic:
            return ", but silent until panic is released (R)"
        if self.muted:
            return ", but muted (m)"
        return f", but {self.closed} (o opens)" if self.closed else ""


def _within(volume_db: float) -> float:
    return min(VOLUME_HIGH_DB, max(VOLUME_LOW_DB, volume_db)) + 0.0  # + 0.0: no text shows -0
