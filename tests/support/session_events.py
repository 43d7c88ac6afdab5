"""What events of a session say: their cues, their answer, what they do besides."""

from __future__ import annotations

from gesturesynth.control.session.events import Cue, Event, ShowMessage

Events = tuple[Event, ...]


def cues(events: Events) -> list[str]:
    return [event.name for event in events if isinstance(event, Cue)]


def answer(events: Events) -> ShowMessage:
    return [event for event in events if isinstance(event, ShowMessage)][-1]


def kinds(events: Events) -> list[type[Event]]:
    return [type(event) for event in events if not isinstance(event, Cue | ShowMessage)]


def refused(events: Events) -> str:
    """The message of a command that was refused; it must have changed nothing."""
    assert kinds(events) == []
    assert cues(events) == ["error"]
    assert answer(events).failed
    return answer(events).text
