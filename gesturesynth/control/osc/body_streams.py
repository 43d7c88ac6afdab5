"""What subscribers get about the bodies, as datagrams: features, people, classes, gestures, joints.

What several subscribers get alike is written once a tick. What differs is kept for each: smoothed values, and the
counts up to which it was told of classes and gestures. Pure: time comes with the readings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gesturesynth.control.command_table import ADDRESS
from gesturesynth.control.osc import streams
from gesturesynth.control.osc.body_readings import BodyReadings
from gesturesynth.control.osc.codec import bundles, safe_name
from gesturesynth.control.osc.limits import Sender
from gesturesynth.control.osc.names import path_of
from gesturesynth.control.osc.number_bundles import NumberBundles, floats, message
from gesturesynth.control.osc.streams import StreamRequest

Values = NDArray[np.float64]
Counts = dict[tuple[int, str], int]


@dataclass
class _Follower:
    """What is kept for one subscriber."""

    request: StreamRequest
    most_people: int = 0
    voices: int = 0
    time_s: float = -math.inf
    smoothed: dict[tuple[str, ...], Values] = field(default_factory=dict)
    entered: Counts | None = None
    performed: Counts | None = None

    def smooth(self, readings: BodyReadings) -> None:
        """Follows the newest values, with the subscriber's time constant. What is new begins where it is."""
        weight = 1.0 - math.exp(-(readings.time_s - self.time_s) / self.request.smoothing_s)
        self.time_s = readings.time_s
        targets = dict(_smoothable(readings, self.request))
        self.smoothed = {
            key: before + weight * (target - before) if (before := self.smoothed.get(key)) is not None else target
            for key, target in targets.items()
        }


class BodyStreams:
    """Writes what each subscriber gets at a moment."""

    def __init__(self) -> None:
        self._followers: dict[Sender, _Follower] = {}
        self._layouts: dict[str, tuple[tuple[str, ...], NumberBundles]] = {}
        self._shared: dict[str, list[bytes]] = {}
        self._shared_s = math.nan

    def follow(self, requests: Mapping[Sender, StreamRequest], readings: BodyReadings | None) -> None:
        """Takes the values of a tick for those who want them smoothed; forgets who has subscribed no more.

        Args:
            requests: of all subscribers.
            readings: of the newest tick; None before the first.
        """
        if not requests and not self._followers:
            return
        for receiver in self._followers.keys() - requests.keys():
            del self._followers[receiver]
        for receiver, request in requests.items():
            follower = self._followers.get(receiver)
            if follower is None:
                follower = self._followers[receiver] = _Follower(request)
            elif follower.request is not request:
                if follower.request.smoothing_s != request.smoothing_s:
                    follower.smoothed = {}
                follower.request = request
            if "classes" not in request.names:
                follower.entered = None  # what happens meanwhile is no news to one that asks again
            if "gestures" not in request.names:
                follower.performed = None
            if request.smoothing_s > 0.0 and readings is not None and readings.time_s > follower.time_s:
                follower.smooth(readings)

    def packets(self, receiver: Sender, readings: BodyReadings) -> list[bytes]:
        """The datagrams of one subscriber at this moment, after `follow`."""
        if readings.time_s != self._shared_s:
            self._shared, self._shared_s = {}, readings.time_s
        follower = self._followers[receiver]
        names = follower.request.names
        if "people" in names or any(name in names for name in streams.POINTS):
            follower.most_people = max(follower.most_people, len(readings.people))
        packets: list[bytes] = []
        if "features" in names and _measured(readings):
            packets += self._features(follower, readings)
        if "seen" in names and _measured(readings):
            packets += self._alike("seen", lambda: self._bundles(streams.SEEN, "i", readings).fill(_seen(readings)))
        packets += bundles(self._messages(follower, readings))
        return packets

    def _features(self, follower: _Follower, readings: BodyReadings) -> list[bytes]:
        layout = self._bundles(streams.FEATURE, "f", readings)
        smoothed = follower.smoothed.get(("features", *_names(readings)))
        if smoothed is not None:
            return layout.fill(smoothed.tolist())
        return self._alike("features", lambda: layout.fill(readings.features[: streams.MOST_FEATURES].tolist()))

    def _alike(self, name: str, make: Callable[[], list[bytes]]) -> list[bytes]:
        """What all subscribers get alike, made once a tick."""
        if name not in self._shared:
            self._shared[name] = make()
        return self._shared[name]

    def _bundles(self, prefix: str, kind: Literal["f", "i"], readings: BodyReadings) -> NumberBundles:
        names, (known, layout) = _names(readings), self._layouts.get(prefix, ((), NumberBundles((), kind)))
        if known != names:
            layout = NumberBundles([prefix + path_of(name) for name in names], kind)
            self._layouts[prefix] = (names, layout)
        return layout

    def _messages(self, follower: _Follower, readings: BodyReadings) -> Iterator[bytes]:
        names = follower.request.names
        if follower.voices != len(readings.voices):  # one voice has what several had counted: no news
            follower.voices = len(readings.voices)
            follower.entered = follower.performed = None
        if "people" in names:
            yield from _people(readings, follower.most_people)
        if "classes" in names:
            yield from _classes(readings)
            now = {(number, name): n for number, v in enumerate(readings.voices, 1) for name, n in v.entered.items()}
            yield from _new(streams.ENTERED, follower.entered, now)
            follower.entered = now
        if "gestures" in names:
            yield from _gestures(readings)
            now = {(number, name): n for number, v in enumerate(readings.voices, 1) for name, n in v.performed.items()}
            yield from _new(streams.GESTURE, follower.performed, now)
            follower.performed = now
        if follower.request.skeleton:
            yield from self._joints(follower, readings)

    def _joints(self, follower: _Follower, readings: BodyReadings) -> Iterator[bytes]:
        if "landmarks" in follower.request.names and readings.people:
            yield message(streams.FRAME, *readings.frame_size)
        smooth = follower.request.smoothing_s > 0.0
        for key, values in _joints(readings, follower.request):
            _, place, _, name = key
            numbers = follower.smoothed.get(key, values) if smooth else values
            if place == "1":
                yield floats(ADDRESS + name, numbers.tolist())
            if follower.most_people > 1:
                yield floats(f"{streams.PERSON}{place}/{name}", numbers.tolist())


def _measured(readings: BodyReadings) -> bool:
    """Whether there are values: not before the first step of a piece."""
    return len(readings.features) == len(readings.seen) == len(readings.feature_names)


def _names(readings: BodyReadings) -> tuple[str, ...]:
    return readings.feature_names[: streams.MOST_FEATURES]


def _seen(readings: BodyReadings) -> list[bool]:
    return list(map(bool, readings.seen[: streams.MOST_FEATURES].tolist()))


def _smoothable(readings: BodyReadings, request: StreamRequest) -> Iterator[tuple[tuple[str, ...], Values]]:
    if "features" in request.names and _measured(readings):
        yield ("features", *_names(readings)), readings.features[: streams.MOST_FEATURES].astype(np.float64)
    if request.skeleton:
        yield from _joints(readings, request)


def _joints(readings: BodyReadings, request: StreamRequest) -> Iterator[tuple[tuple[str, ...], Values]]:
    """The joints of all who can be seen; the key has place and number: nothing is smoothed from one to another."""
    wanted = request.names.intersection(streams.POINTS)
    for place, person in enumerate(readings.people, 1):
        for name, values in person.joints.items():
            if ("hands" if name.endswith("_hand") else name) in wanted:
                yield ("joints", str(place), str(person.number), name), values.astype(np.float64)


def _people(readings: BodyReadings, most: int) -> Iterator[bytes]:
    yield message(streams.PRESENT, int(readings.present))
    yield message(streams.PEOPLE, readings.in_view)
    if most < 2:
        return
    for place in range(1, most + 1):
        person = readings.people[place - 1] if place <= len(readings.people) else None
        yield message(f"{streams.PERSON}{place}/present", int(bool(person and person.joints)))
        yield message(f"{streams.PERSON}{place}/number", person.number if person else 0)
        yield message(f"{streams.PERSON}{place}/voice", person.voice if person else 0)


def _classes(readings: BodyReadings) -> Iterator[bytes]:
    for number, voice in enumerate(readings.voices, 1):
        own = "" if number == 1 else f"{number}/"
        yield message(
            streams.CLASS + (f"/{number}" if own else ""), voice.recognised or streams.NO_CLASS, float(voice.confidence)
        )
        for name, value in voice.probabilities.items():
            yield message(streams.PROBABILITY + own + safe_name(name), float(value))


def _gestures(readings: BodyReadings) -> Iterator[bytes]:
    for number, voice in enumerate(readings.voices, 1):
        own = "" if number == 1 else f"{number}/"
        for name, where in voice.gestures.items():
            yield floats(f"{streams.GESTURE}/{own}{safe_name(name)}", (*where, voice.performed.get(name, 0)))


def _new(address: str, before: Counts | None, now: Counts) -> Iterator[bytes]:
    """A message for each time that something has happened since the last datagram; the first one sets the mark."""
    if before is None:
        return
    for key, count in now.items():
        voice, name = key
        for number in range(max(before.get(key, 0), count - _MOST_EVENTS) + 1, count + 1):
            yield message(address, name, number, voice)


_MOST_EVENTS: Final = 20
"""Of one class or gesture between two datagrams: at one a second, more than a person can do."""
