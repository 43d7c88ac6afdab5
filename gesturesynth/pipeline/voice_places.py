"""Which person plays which voice, and how far each voice is faded in. Pure: time is passed in, in monotonic seconds.

A person keeps the voice that was given first, so that nothing changes for those who stay. One who was not seen for
`GONE_S` has left, and the voice fades out. The next person gets a voice that is silent; where none is, the one that has
faded farthest, and where all are played, that of the person who was unseen for longest. So a person in view always has
a voice, as there are voices for all.

One voice leads: that of the first person, until this one has left. When all have left, it stays, and plays what a piece
plays without a person; the next person to come plays it on. With one person, nothing else ever sounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GONE_S: Final = 0.5
"""A person who was not seen for so long has left (as in the mapping, where the frame is older: `STALE_S`)."""
ARRIVE_S: Final = 0.15
"""How long a voice takes to fade in."""
SHORTEST_FADE_S: Final = 0.15
"""A voice fades out no faster, whatever the preset says."""
SOLO_S: Final = 0.2
"""How long the others take to fade out, and in again, when one voice is to be heard alone."""
LONGEST_STEP_S: Final = 0.25
"""A pause between two steps counts as this at most, as in the mapping."""

NO_PERSON: Final = 0


@dataclass
class VoicePlace:
    """One voice.

    Attributes:
        person: the number of the person who plays it, or was the last one to play it; `NO_PERSON` for none. Persons who
            are not told apart have numbers below 0.
        seen_s: when this person was last seen.
        share: how far it is faded in, 0..1.
    """

    person: int = NO_PERSON
    seen_s: float = -math.inf
    share: float = 0.0


@dataclass(frozen=True)
class Arrival:
    """A person who was given a voice.

    Attributes:
        place: of the voice, from 0.
        audible: whether the voice is still heard, so that it has to cross over to the person.
    """

    place: int
    audible: bool


class VoicePlaces:
    """The voices of one preset.

    Args:
        voices: how many.
        fade_s: how long a voice takes to fade out when its person has left.

    Attributes:
        places: in the order of the voices.
        lead: the place that leads.
    """

    def __init__(self, voices: int, fade_s: float) -> None:
        self.places = [VoicePlace() for _ in range(voices)]
        self.lead = 0
        self.places[0].share = 1.0
        self._fade_s = max(fade_s, SHORTEST_FADE_S)
        self._time_s: float | None = None

    @property
    def time_s(self) -> float:
        """When the shares were last moved on; 0 before."""
        return self._time_s or 0.0

    @property
    def shares(self) -> tuple[float, ...]:
        """How far each voice is faded in, 0..1."""
        return tuple(place.share for place in self.places)

    def continue_from(self, former: VoicePlaces, sources: Sequence[int]) -> None:
        """Takes over who plays what.

        Args:
            former: the voices of another preset.
            sources: for each voice, which of the former ones it continues.
        """
        for place, source in zip(self.places, sources, strict=False):
            before = former.places[source]
            place.person, place.seen_s, place.share = before.person, before.seen_s, before.share
        self.lead = sources.index(former.lead) if former.lead in sources else 0
        self._time_s = former._time_s

    def forget(self) -> None:
        """Those who are seen next are others: the first of them plays the voice that leads."""
        for place in self.places:
            place.person, place.seen_s = NO_PERSON, -math.inf

    def see(self, persons: Sequence[int], time_s: float) -> tuple[Arrival, ...]:
        """One frame.

        Args:
            persons: numbers of those in it, the first person first, each once; those beyond the voices are left out.
            time_s: now.

        Returns:
            Who was given a voice now. A person who plays on the voice that leads, after the one before has left, is no
            arrival.
        """
        persons = persons[: len(self.places)]
        seated = {place: persons.index(p.person) for place, p in enumerate(self.places) if p.person in persons}
        if seated and self.lead not in seated and self._unseen_s(self.lead, time_s) > GONE_S:
            self.lead = min(seated, key=lambda place: seated[place])
        arrivals = []
        for index, person in enumerate(persons):
            if index in seated.values():
                continue
            place = self._place_for_one_more(seated, time_s) if seated else self.lead
            if seated or (self._unseen_s(place, time_s) <= GONE_S and min(person, self.places[place].person) > 0):
                arrivals.append(Arrival(place, audible=self.places[place].share > 0.0))
            self.places[place].person = person
            seated[place] = index
        for place in seated:
            self.places[place].seen_s = time_s
        return tuple(arrivals)

    def advance(self, time_s: float, alone: int | None = None) -> None:
        """Moves the shares on to `time_s`.

        Args:
            time_s: now.
            alone: a place that is to be heard alone; None where all are heard that have a person.
        """
        passed_s = 0.0 if self._time_s is None else min(max(time_s - self._time_s, 0.0), LONGEST_STEP_S)
        self._time_s = time_s if self._time_s is None else max(time_s, self._time_s)
        for number, place in enumerate(self.places):
            heard = number == (self.lead if alone is None else alone)
            if alone is None:
                heard = heard or self._unseen_s(number, time_s) <= GONE_S
            fade_s = ARRIVE_S if heard else self._fade_s if alone is None else SOLO_S
            step = passed_s / fade_s
            place.share = min(1.0, place.share + step) if heard else max(0.0, place.share - step)

    def rests(self, place: int) -> bool:
        """Whether a voice is silent, and its person has left."""
        here = self.places[place]
        return here.share == 0.0 and (self._time_s or 0.0) - here.seen_s > GONE_S

    def _unseen_s(self, place: int, time_s: float) -> float:
        return time_s - self.places[place].seen_s

    def _place_for_one_more(self, seated: dict[int, int], time_s: float) -> int:
        """The place that is silent, or else has faded farthest, or else whose person was unseen for longest."""
        free = [place for place in range(len(self.places)) if place not in seated]
        gone = [place for place in free if place != self.lead and self._unseen_s(place, time_s) > GONE_S]
        if gone:
            return min(gone, key=lambda place: (self.places[place].share, place))
        return max(free, key=lambda place: self._unseen_s(place, time_s))
