"""Checks an instrument by its sound, as `gesturesynth instrument check` does. Runs its code, one render at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from gesturesynth.core.units import from_unit
from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.measuring import constant_part, loudness_lufs, peak_db
from gesturesynth.synthesis.solo import RATE_HZ, Samples, SoloPlayer, TimedChange, play_solo, server

TARGET_LUFS: Final = -16.0
"""Loudness of every instrument at level 0 dB."""
CORNER_LU: Final = 3.0
"""How far from it the corners of its ranges may be."""
MOST_CORNERS: Final = 16
"""Up to so many, all corners are heard; of more, as many as hold every combination of the ends of any three."""
STRIKE_S: Final = 0.25
"""While something is measured, the triggers are fired in turn, so often."""
AUDIBLE_LUFS: Final = -40.0
QUIET_S: Final = 8.0
"""A tail may last this long after the level has gone to silence."""
QUIET_DB: Final = -75.0
HIGHEST_DB: Final = 3.0
MOST_CONSTANT: Final = 1e-3
REACTION_DB: Final = -30.0
"""How much of the sound at least must be different between both ends of a parameter."""
JUMP_S: Final = 0.04


@dataclass(frozen=True)
class Verdict:
    """The result of one check: its name, whether all is well, and what was measured."""

    name: str
    good: bool
    found: str


def strokes(kind: type[Instrument], seconds_s: float) -> list[TimedChange]:
    """All triggers in turn, over a time; none for an instrument without triggers."""
    names = [trigger.name for trigger in kind.triggers] if kind.struck_alone is None else [*kind.struck_alone]
    count = int((seconds_s - STRIKE_S) / STRIKE_S) if names else 0
    return [TimedChange(number * STRIKE_S, triggers=(names[number % len(names)],)) for number in range(count)]


def measured(kind: type[Instrument], seconds_s: float, *, seed: float = 1, **fixed: float) -> Samples:
    """What it plays with its triggers struck, without its first half second."""
    return play_solo(kind, seconds_s, *strokes(kind, seconds_s), seed=seed, **fixed)[RATE_HZ // 2 :]


def corners(kind: type[Instrument]) -> list[dict[str, float]]:
    """The corners of the ranges of all parameters but the level: all, or when there are too many, some of them.

    These hold each of the eight combinations of the ends of any three parameters equally often: an orthogonal array of
    strength 3. Each of its columns is the sum, modulo 2, of some bits of the row's number, the highest among them
    (A. S. Hedayat, N. J. A. Sloane, J. Stufken: Orthogonal Arrays, 1999, chapter 3).
    """
    moved = [parameter for parameter in kind.parameters if parameter.name != LEVEL.name]
    names, ends = [parameter.name for parameter in moved], [(parameter.low, parameter.high) for parameter in moved]
    if 2 ** len(moved) <= MOST_CORNERS:
        return [dict(zip(names, corner, strict=True)) for corner in itertools.product(*ends)]
    highest = 1 << (len(moved) - 1).bit_length()
    return [
        {
            name: pair[(row & (highest | column)).bit_count() % 2]
            for column, (name, pair) in enumerate(zip(names, ends, strict=True))
        }
        for row in range(2 * highest)
    ]


def check_instrument(kind: type[Instrument], seconds_s: float = 4.0) -> Iterator[Verdict]:
    """Everything that is asked of an instrument, one verdict after the other."""
    plain = measured(kind, 2 * seconds_s)
    yield _sounds(plain)
    if not np.isfinite(plain).all():
        return
    yield from _corner_verdicts(kind, seconds_s, loudness_lufs(plain))
    yield from (_reaction(kind, parameter, seconds_s) for parameter in kind.parameters)
    yield _silence(kind)
    yield _hardest_movement(kind)


def _sounds(samples: Samples) -> Verdict:
    if not np.isfinite(samples).all():
        return Verdict("audible", good=False, found="it gives samples that are not numbers")
    loudness = loudness_lufs(samples)
    return Verdict("audible", good=loudness > AUDIBLE_LUFS, found=f"{loudness:.1f} LUFS at defaults and level 0 dB")


def _corner_verdicts(kind: type[Instrument], seconds_s: float, plain_lufs: float) -> Iterator[Verdict]:
    found: list[tuple[float, dict[str, float]]] = [(plain_lufs, {})]
    constant, peak = 0.0, -np.inf
    for corner in corners(kind):
        samples = measured(kind, seconds_s, **corner)
        if not np.isfinite(samples).all():
            yield Verdict("level", good=False, found=f"samples that are not numbers at {words(corner)}")
            return
        found.append((loudness_lufs(samples), corner))
        constant, peak = max(constant, constant_part(samples)), max(peak, peak_db(samples))
    softest, loudest = min(found, key=lambda one: one[0]), max(found, key=lambda one: one[0])
    yield Verdict(
        "level",
        good=bool(max(TARGET_LUFS - softest[0], loudest[0] - TARGET_LUFS) <= CORNER_LU),
        found=f"{len(found)} corners: {softest[0]:.1f} LUFS ({words(softest[1])}) to {loudest[0]:.1f} LUFS "
        f"({words(loudest[1])}); wanted is {TARGET_LUFS:g} +- {CORNER_LU:g}",
    )
    yield Verdict("peak", good=bool(peak < HIGHEST_DB), found=f"{peak:.1f} dBFS, at most {HIGHEST_DB:g}")
    yield Verdict("DC", good=constant < MOST_CONSTANT, found=f"{constant:.1g} of the sound, at most {MOST_CONSTANT:g}")


def words(corner: dict[str, float]) -> str:
    """Values of parameters, for people."""
    return ", ".join(f"{name} {value:g}" for name, value in corner.items()) or "defaults"


def _reaction(kind: type[Instrument], parameter: Parameter, seconds_s: float) -> Verdict:
    """Chance is the same in both renders, so that all that differs is the parameter's doing.

    What does nothing while the others are at their defaults (how full a bar is that stands still) may do something
    while they are in the middle of their ranges.
    """
    change_db = -np.inf
    for others in ({}, _middle(kind)):
        ends = ({**others, parameter.name: end} for end in (parameter.low, parameter.high))
        low, high = (measured(kind, seconds_s, **fixed) for fixed in ends)
        power = float(np.mean((high - low) ** 2)) / max(float(np.mean(low**2 + high**2)), 1e-20)
        change_db = max(change_db, 10 * np.log10(max(power, 1e-12)))
        if change_db > REACTION_DB:
            break
    return Verdict(
        f"reacts to {parameter.name}", good=bool(change_db > REACTION_DB), found=f"{change_db:.0f} dB of the sound"
    )


def _middle(kind: type[Instrument]) -> dict[str, float]:
    return {
        parameter.name: float(from_unit(np.array(0.5), parameter.low, parameter.high, parameter.warp))
        for parameter in kind.parameters
        if parameter.name != LEVEL.name
    }


def _silence(kind: type[Instrument]) -> Verdict:
    fade_s = 2.0 + LEVEL.glide_s + QUIET_S
    down = TimedChange(2.0, {LEVEL.name: LEVEL.low})
    with server() as made:
        faded = SoloPlayer(made, kind, {}).render(fade_s + 0.5, *strokes(kind, 2.0), down)
    tail_db = peak_db(faded[round(fade_s * RATE_HZ) :])
    asleep_db = peak_db(measured(kind, 2.0, **{LEVEL.name: LEVEL.low}))
    return Verdict(
        "silent when asked",
        good=tail_db < QUIET_DB and asleep_db < QUIET_DB,
        found=f"{asleep_db:.0f} dBFS at level {LEVEL.low:g} dB, {tail_db:.0f} dBFS {QUIET_S:g} s after a fade to it",
    )


def random_values(kind: type[Instrument], chance: np.random.Generator) -> dict[str, float]:
    """A value of each parameter, an end of its range as often as not."""
    return {
        parameter.name: float(
            from_unit(np.clip(np.array(chance.uniform(-0.5, 1.5)), 0, 1), parameter.low, parameter.high, parameter.warp)
        )
        for parameter in kind.parameters
    }


def _hardest_movement(kind: type[Instrument], seconds_s: float = 10.0) -> Verdict:
    chance = np.random.default_rng(7)
    jumps = [TimedChange(float(time_s), random_values(kind, chance)) for time_s in np.arange(0.0, seconds_s, JUMP_S)]
    samples = play_solo(kind, seconds_s, *jumps, *strokes(kind, seconds_s))
    finite = bool(np.isfinite(samples).all())
    found = f"peak {peak_db(samples):.1f} dBFS" if finite else "samples that are not numbers"
    good = finite and peak_db(samples) < 2 * HIGHEST_DB
    return Verdict("random parameters", good=good, found=f"{found} with jumps every {JUMP_S * 1000:g} ms")
