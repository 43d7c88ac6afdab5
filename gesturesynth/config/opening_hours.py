"""Opening hours: for a time that is passed in, whether the place is open, and until when. Pure.

Hours are written as local times by weekday. They are converted to instants here, so that a night in which clocks are
changed has its real length. Where a local time occurs twice, or not at all, the longer opening counts. No state is
kept between calls: after a jump of the clock the next call is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from gesturesynth.config.yaml.document import shortened
from gesturesynth.core.confusables import plain, unusual_character

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED: Final = "closed"
ALWAYS: Final = "always"
FORM: Final = "hours such as 10:00-18:00 (several with commas between them), `closed` or `always`"

DAY_MINUTES: Final = 24 * 60
_SPAN: Final = re.compile(r"(\d{1,2})(?::(\d\d))?\s*-\s*(\d{1,2})(?::(\d\d))?")
_AHEAD_DAYS: Final = 8
"""Days ahead in which the next change is searched: hours repeat after a week."""


@dataclass(frozen=True, order=True)
class Span:
    """From one time of a day to another, minutes since its midnight; an end beyond 1440 is on the day after."""

    start: int
    end: int

    def __str__(self) -> str:
        """`10:00-18:00`."""
        return f"{_clock(self.start)}-{_clock(self.end)}"


@dataclass(frozen=True)
class Opening:
    """The state of a place at a moment.

    Attributes:
        open: whether the place is open.
        until: when that changes next, seconds since 1970 (UTC); None when it never changes.
    """

    open: bool
    until: float | None


@dataclass(frozen=True)
class Hours:
    """The hours of a place.

    Attributes:
        days: the spans of each weekday, Monday first.
        zone: the time zone of these times; None for that of the computer.
    """

    days: tuple[tuple[Span, ...], ...]
    zone: tzinfo | None = None

    def at(self, moment: datetime) -> Opening:
        """Whether it is open at a moment, and until when.

        Raises:
            ValueError: `moment` has no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone could be any")
        now, today = moment.timestamp(), moment.astimezone(self.zone).date()
        horizon = self._instants(today + timedelta(days=_AHEAD_DAYS), 0)[1]
        for start, end in self._periods(today):
            if now < start:
                return Opening(open=False, until=start)
            if now < end:
                return Opening(open=True, until=None if end > horizon else end)
        return Opening(open=False, until=None)

    def format_instant(self, instant_s: float) -> str:
        """An instant in local time: `Tue 10:00`."""
        local = (
            datetime.fromtimestamp(instant_s, self.zone)
            if self.zone
            else datetime.fromtimestamp(instant_s).astimezone()
        )
        return f"{DAYS[local.weekday()][:3].capitalize()} {local:%H:%M}"

    def _periods(self, today: date) -> list[tuple[float, float]]:
        """The periods in which it is open, in order and joined where they touch; yesterday's last may end today."""
        days = [today + timedelta(days=ahead) for ahead in range(-1, _AHEAD_DAYS + 1)]
        found = [
            (self._instants(day, span.start)[0], self._instants(day, span.end)[1])
            for day in days
            for span in self.days[day.weekday()]
        ]
        joined: list[tuple[float, float]] = []
        for start, end in sorted(found):
            if joined and start <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(joined[-1][1], end)
            else:
                joined.append((start, end))
        return joined

    def _instants(self, day: date, minutes: int) -> tuple[float, float]:
        """A local time, as the first and the last instant that it can mean."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
        first, second = (wall.replace(fold=fold, tzinfo=self.zone).timestamp() for fold in (0, 1))
        return min(first, second), max(first, second)


def parse_spans(text: str) -> tuple[Span, ...]:
    """Reads the hours of one day: `10:00-18:00`, `10-13, 14-20`, `20:00-02:00`, `closed`, `always`.

    Raises:
        ValueError: with a sentence that says what is allowed.
    """
    written = " ".join(plain(text).split()).lower()
    if written == CLOSED:
        return ()
    if written == ALWAYS:
        return (Span(0, DAY_MINUTES),)
    return tuple(_span(part.strip()) for part in written.split(","))


def format_spans(spans: Iterable[Span]) -> str:
    """Writes the hours of one day in their one form."""
    sorted_spans = sorted(spans)
    if sorted_spans == [Span(0, DAY_MINUTES)]:
        return ALWAYS
    return ", ".join(map(str, sorted_spans)) or CLOSED


def weekly_hours(days: Sequence[str], zone: tzinfo | None) -> Hours:
    """Hours of a week, Monday first, each day as for `parse_spans`; raises the same errors."""
    return Hours(tuple(tuple(sorted(parse_spans(day))) for day in days), zone)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"expected {FORM}, not '{shortened(text)}'{unusual_character(text)}")
    start, end = (_minutes(*found.group(hour, hour + 1)) for hour in (1, 3))
    if start == end:
        raise ValueError(f"'{shortened(text)}' ends where it begins; write `always` for a whole day, or `closed`")
    if start == DAY_MINUTES:
        raise ValueError(f"'{shortened(text)}' begins when its day is over; a day begins at 00:00")
    return Span(start, end if end > start else end + DAY_MINUTES)


def _minutes(hour: str, minute: str | None) -> int:
    minutes = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > DAY_MINUTES:
        raise ValueError(f"{hour}:{minute or '00'} is no time of a day; they go from 00:00 to 24:00")
    return minutes


def _clock(minutes: int) -> str:
    of_day = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{of_day // 60:02d}:{of_day % 60:02d}"
