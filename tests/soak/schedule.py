"""When what happens. Pure.

Faults come by victim: first everything that befalls the conductor, then the engine and JACK, then the tracker and its
camera. So each process has a long life in which only others are broken, and what grows in it has time to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

PERIOD_S: Final = 60.0
"""From one fault to the next, where there is time."""
LEAST_PERIOD_S: Final = 8.0
"""Whatever is broken needs this long to be well again and to play on."""
SWITCHES: Final = 3
"""Changes of the preset in each period."""

Kind = Literal["fault", "train", "switch"]


@dataclass(frozen=True)
class Event:
    """Something that happens `at_s` after the begin; `name` is that of the fault."""

    at_s: float
    kind: Kind
    name: str = ""


def plan(duration_s: float, faults: Mapping[str, Sequence[str]]) -> list[Event]:
    """What happens in a soak, in order; every fault happens at least once.

    Args:
        duration_s: of all.
        faults: names of faults by their victim, in the order in which they come.

    Raises:
        ValueError: there is not time enough for every fault; the sentence says how much is needed.
    """
    kinds = sum(len(names) for names in faults.values())
    # One period before the first fault, and one after the last, are for whatever is compared.
    period_s = min(PERIOD_S, duration_s / (kinds + 2))
    if period_s < LEAST_PERIOD_S:
        raise ValueError(f"{kinds} kinds of faults need at least {LEAST_PERIOD_S * (kinds + 2) / 60:.1f} minutes")
    count = int(duration_s / period_s) - 2
    events = [
        Event((number + 1) * period_s, "fault", name) for number, name in enumerate(_in_turn(faults, count, kinds))
    ]
    for number in range(int(duration_s / period_s)):
        begin_s = number * period_s
        # Early, so that calm moments are left before the next fault.
        events.append(Event(begin_s + 0.4 * period_s, "train"))
        events += [Event(begin_s + (0.4 + 0.1 * turn) * period_s, "switch") for turn in range(SWITCHES)]
    return sorted(events, key=lambda event: event.at_s)


def _in_turn(faults: Mapping[str, Sequence[str]], count: int, kinds: int) -> list[str]:
    """`count` names: each victim gets as many as it has kinds of faults, in proportion, one kind after the other."""
    names: list[str] = []
    begun = 0
    for of_victim in faults.values():
        begun += len(of_victim)
        upto = round(count * begun / kinds)
        names += [of_victim[turn % len(of_victim)] for turn in range(upto - len(names))]
    return names
