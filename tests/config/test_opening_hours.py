"""Opening hours: as people write them, with clock changes, at any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.config.opening_hours import ALWAYS, CLOSED, Hours, Span, format_spans, parse_spans, weekly_hours
from gesturesynth.config.settings.opening_hours import HoursSection

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = ("closed", "10:00-18:00", "10:00-18:00", "10:00-13:00, 14:00-20:00", "10:00-18:00", "20:00-02:00", "always")
GALLERY = weekly_hours(USUAL, BERLIN)

ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
MOMENTS = st.integers(315_532_800, 3_786_912_000).map(lambda posix: datetime.fromtimestamp(posix, UTC))  # 1980 to 2090
SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(0, 1439), st.integers(1, 1439))
DAYS = st.lists(st.lists(SPANS, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def state_text(hours: Hours, moment: datetime) -> str:
    opening = hours.at(moment)
    until = f" until {hours.format_instant(opening.until)}" if opening.until is not None else ""
    return f"{'open' if opening.open else 'closed'}{until}"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 09:59:59", "closed until Tue 10:00"),
        ("2026-11-24 10:00", "open until Tue 18:00"),
        ("2026-11-24 18:00", "closed until Wed 10:00"),
        ("2026-11-26 13:30", "closed until Thu 14:00"),
        ("2026-11-28 19:00", "closed until Sat 20:00"),
        ("2026-11-28 23:00", "open until Mon 00:00"),  # until the end of Sunday, which is always open
        ("2026-11-29 12:00", "open until Mon 00:00"),
        ("2026-11-30 00:00", "closed until Tue 10:00"),
    ],
)
def test_a_week_at_a_gallery(moment: str, expected: str) -> None:
    assert state_text(GALLERY, berlin(moment)) == expected


def test_hours_of_the_evening_before_reach_into_the_morning_and_end_there() -> None:
    bar = weekly_hours(["20:00-02:00"] * 7, BERLIN)
    assert state_text(bar, berlin("2026-11-24 01:59")) == "open until Tue 02:00"
    assert state_text(bar, berlin("2026-11-24 02:00")) == "closed until Tue 20:00"


def test_what_is_always_so_has_no_end() -> None:
    assert state_text(weekly_hours([ALWAYS] * 7, BERLIN), berlin("2026-11-24 12:00")) == "open"
    assert state_text(weekly_hours(["00:00-12:00, 12:00-24:00"] * 7, BERLIN), berlin("2026-11-24 12:00")) == "open"
    assert state_text(weekly_hours([CLOSED] * 7, BERLIN), berlin("2026-11-24 12:00")) == "closed"


def test_a_moment_is_the_same_in_any_time_zone() -> None:
    moment = berlin("2026-11-24 10:30")
    assert GALLERY.at(moment.astimezone(UTC)) == GALLERY.at(moment)
    with pytest.raises(ValueError, match="time zone"):
        GALLERY.at(moment.replace(tzinfo=None))


def test_in_the_night_when_clocks_go_back_it_closes_once_and_late() -> None:
    bar = weekly_hours(["20:00-02:30"] * 7, BERLIN)
    seven = datetime(2026, 10, 24, 18, tzinfo=UTC)  # 20:00 in summer time
    opened = [bar.at(seven + timedelta(minutes=minutes)).open for minutes in range(10 * 60)]
    # From 20:00 to the second 02:30 there are seven and a half hours.
    assert opened == [minute < 7 * 60 + 30 for minute in range(10 * 60)]


def test_in_the_night_when_clocks_go_forward_the_hour_that_is_missing_is_not_made_up_for() -> None:
    bar = weekly_hours(["20:00-04:00"] * 7, BERLIN)
    seven = datetime(2026, 3, 28, 19, tzinfo=UTC)  # 20:00 in winter time
    opened = [bar.at(seven + timedelta(minutes=minutes)).open for minutes in range(10 * 60)]
    assert opened == [minute < 7 * 60 for minute in range(10 * 60)]


def test_without_a_zone_the_clock_of_the_computer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # noqa: PLC0415 - its zone is set here and nowhere else

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        hours = weekly_hours(["10:00-18:00"] * 7, None)
        assert state_text(hours, datetime(2026, 11, 24, 1, tzinfo=UTC)) == "open until Tue 18:00"
        assert state_text(hours, datetime(2026, 11, 24, 9, tzinfo=UTC)) == "closed until Wed 10:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@given(DAYS, ZONES, MOMENTS)
def test_until_is_the_next_change_and_there_is_none_before_it(
    days: tuple[tuple[Span, ...], ...], zone: str, moment: datetime
) -> None:
    hours = Hours(days, ZoneInfo(zone))
    opening = hours.at(moment)
    if opening.until is None:
        assert all(hours.at(moment + timedelta(hours=ahead)).open == opening.open for ahead in range(0, 24 * 8, 7))
        return
    end = datetime.fromtimestamp(opening.until, UTC)
    assert moment < end <= moment + timedelta(days=8)
    assert hours.at(end).open != opening.open
    assert hours.at(end - timedelta(seconds=1)) == opening
    middle = moment + (end - moment) / 2
    assert hours.at(middle) == opening


@given(DAYS, ZONES, MOMENTS)
def test_it_is_open_whenever_the_local_time_is_within_the_hours(
    days: tuple[tuple[Span, ...], ...], zone: str, moment: datetime
) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    today, yesterday = days[local.weekday()], days[local.weekday() - 1]
    promised = any(span.start <= minute < span.end for span in today)
    promised |= any(minute + 1440 < span.end for span in yesterday)
    opening = Hours(days, ZoneInfo(zone)).at(moment)
    if promised:
        assert opening.open
    changes = {(moment + timedelta(hours=ahead)).astimezone(ZoneInfo(zone)).utcoffset() for ahead in range(-49, 50, 7)}
    if len(changes) == 1:  # far from a night in which clocks are changed, it is open at no other time
        assert opening.open == promised


@given(st.lists(SPANS, max_size=4))
def test_hours_are_read_as_they_are_written(spans: list[Span]) -> None:
    if format_spans(spans) == ALWAYS:
        return
    assert sorted(parse_spans(format_spans(spans))) == sorted(spans)
    assert format_spans(parse_spans(format_spans(spans))) == format_spans(spans)


def test_each_stretch_of_a_week_is_one_from_moment_to_moment() -> None:
    times = [datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=10 * step) for step in range(7 * 144)]
    stretches = [GALLERY.at(moment) for moment in times]
    changes = [after for before, after in pairwise(stretches) if after != before]
    assert [after.open for after in changes] == [True, False] * 6  # Saturday evening and Sunday are one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10-18", "10:00-18:00"),
        (" 9:30 - 18:00 ", "09:30-18:00"),
        ("14:00\u201320:00,10-13", "10:00-13:00, 14:00-20:00"),
        ("Closed", CLOSED),
        ("0:00-24:00", ALWAYS),
        ("22-6", "22:00-06:00"),
    ],
)
def test_hours_as_people_write_them(text: str, expected: str) -> None:
    assert format_spans(parse_spans(text)) == expected


def test_a_day_without_hours_of_its_own_has_those_of_every_day() -> None:
    section = HoursSection(daily="10-18", monday="closed", time_zone="Europe/Berlin")
    assert section.hours() == weekly_hours([CLOSED, *["10:00-18:00"] * 6], BERLIN)
    assert HoursSection(monday="closed").hours() == weekly_hours([CLOSED, *[ALWAYS] * 6], None)
