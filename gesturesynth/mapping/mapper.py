"""The running mapping: one body in, output values out, at every step, also without a person and during model changes.

    features -> adaptation -> model -> model positions -+
                      -> confidence -> share (glides) --+-- mixed with idle --+-- crossfade --> values
                      -> certainty of each class -> class gate -> events
    sources -> events of gestures, and readings of the outputs that follow a source

The model's share follows confidence upwards within `RETURN_S` and downwards within `idle_glide_s`; at 1 the model sets
the output, at 0 the output is idle. Each output has its own share, since it may have been taught by other examples; an
output without examples is always idle. An output that follows a source (`driven_outputs`) is at its reading where there
is one; it is never held, and crosses over within `RETURN_S`. When the source of the values changes at once (a person
appears, a new model arrives, a held sound is released), all outputs cross over together, from what sounds to the new
values. So no output ever jumps.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.computed.extractor import ComputedExtractor
from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.mapping.adaptation import RangeAdaptation
from gesturesynth.mapping.class_gate import ClassGate, ClassRule
from gesturesynth.mapping.classes_ahead import ClassesAhead
from gesturesynth.mapping.crossfade import MAX_CROSSFADE_STEP_S, MAX_RANGES_PER_S, MAX_SLOPE, OutputCrossfade, smooth
from gesturesynth.mapping.driven_outputs import DrivenOutputs
from gesturesynth.mapping.gestures.spotter import GestureEvent
from gesturesynth.mapping.learning.outputs import Output, idle_positions
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.mapping.role_presence import RolePresence, other_people, others_play
from gesturesynth.mapping.sources import Sources
from gesturesynth.mapping.whole_outputs import PlayedValues

Float = NDArray[np.float64]

RETURN_S: Final = 0.2
"""How long outputs take from idle to a person who has just appeared. With the tracker's delay before it and the
parameter's glide after it, the person is heard within 0.3 s."""

STALE_S: Final = 0.5
"""A frame older than this does not tell whether a person is in view now."""

MAX_STEP_S: Final = 0.25
"""A pause between two calls counts as this at most, so that outputs do not jump after the computer was busy."""


class Mapper:
    """The mapping of one preset while it plays. Pure: time is passed in, in monotonic seconds.

    Args:
        feature_names: of the preset.
        outputs: of the preset; may be none.
        smoothing: of the landmarks; None for no smoothing.
        idle_after_s: outputs hold for so long after a person was last in view.
        idle_glide_s: after that they take so long to their idle values.
        class_rules: by class; others follow `DEFAULT_RULE`.
        driven: what moves an output instead of the model, by its name, see `driven_outputs`.
        sources: reads what moves these outputs.
        adaptation: gives the model features in terms of the taught range; confidence and classes get them as they are.
        handover_s: how long outputs cross over at least when a role goes over to another person.
        return_s: how long they do, at most, when a body is seen again.
        classes_ahead: see `ClassesAhead`.
    """

    def __init__(
        self,
        feature_names: Sequence[str],
        outputs: Sequence[Output],
        smoothing: OneEuroSettings | None,
        *,
        idle_after_s: float = 0.5,
        idle_glide_s: float = 1.5,
        class_rules: Mapping[str, ClassRule] | None = None,
        driven: Mapping[str, str] | None = None,
        sources: Sources | None = None,
        adaptation: RangeAdaptation | None = None,
        handover_s: float = 0.3,
        return_s: float = RETURN_S,
        classes_ahead: Collection[str] = (),
    ) -> None:
        self._outputs = tuple(outputs)
        self._extractor = ComputedExtractor(feature_names, smoothing)
        self._columns = self._extractor.columns
        self._class_gate = ClassGate(class_rules)
        self._classes_ahead = ClassesAhead(classes_ahead)
        self._certainties: Mapping[str, float] = {}
        self._driven = DrivenOutputs(self._outputs, driven or {})
        self._sources, self._adaptation = sources or Sources(), adaptation or RangeAdaptation()
        self._idle_after_s, self._idle_glide_s, self._return_s = idle_after_s, max(idle_glide_s, 1e-3), return_s
        self._idle_positions = idle_positions(self._outputs)
        self._played = PlayedValues(self._outputs)
        self._mapping: FittedMapping | None = None
        self._handover_s, self._presence = handover_s, RolePresence(self._driven.learned, len(outputs), idle_after_s)
        self._body_in_frame, self._last_seen_s = False, -math.inf
        self._time_s: float | None = None
        self._frame: FeatureFrame | None = None
        self._confidence = 0.0  # for display: how near the pose is to any example
        self._confidences = np.zeros(len(self._outputs))  # the same, to the examples of each output
        self._model_share = np.zeros(len(self._outputs))  # of each output; glides after its confidence
        # Outputs without an idle value stay where they start.
        self._rest_positions = np.where(np.isnan(self._idle_positions), self._driven.starts, self._idle_positions)
        self._model_positions = self._positions = self._rest_positions  # of the newest body; what sounds
        self._crossfade = OutputCrossfade(self._positions, RETURN_S)
        self._person_crossfade_s: float | None = None  # to a person who takes another's place at the next frame
        self._held_positions: Float | None = None  # sound instead of everything else; NaN: not held
        self._running = np.ones(len(self._outputs), dtype=np.bool_)  # what is not, is idle

    def predict(self, ahead_s: float) -> None:
        """Carries the body forward by so much, 0 to `prediction.LONGEST_S`, before outputs follow it."""
        self._extractor.ahead_s = ahead_s
        self._sources.predict(ahead_s)

    @property
    def positions(self) -> dict[str, float]:
        """Where each output is now, 0..1, by name."""
        return {o.name: position for o, position in zip(self._outputs, self._positions.tolist(), strict=True)}

    @property
    def idle_outputs(self) -> frozenset[str]:
        """Outputs that are switched off: they glide to their idle values, or stay, whatever else sounds."""
        return frozenset(output.name for output, on in zip(self._outputs, self._running, strict=True) if not on)

    @idle_outputs.setter
    def idle_outputs(self, names: Collection[str]) -> None:
        running = np.array([output.name not in names for output in self._outputs], dtype=np.bool_)
        if (running == self._running).all():
            return
        self._running = running
        self._confidences = np.where(running, self._confidences, 0.0)
        if self._held_positions is not None:  # what is let go glides from where it was held
            self._crossfade.begin(self._positions, self._idle_glide_s)

    def start_from(self, positions: Mapping[str, float], recognised: str = "") -> None:
        """Continues from the positions of a former mapping, before the first step; other outputs start at idle.

        Args:
            positions: 0..1, by name of the output.
            recognised: the class that is entered already, so that it does not fire a second time.
        """
        rests = zip(self._outputs, self._rest_positions, strict=True)
        start = [positions.get(output.name, own) for output, own in rests]
        self._rest_positions = self._model_positions = self._positions = self._played.within(np.array(start))
        self._class_gate.recognised = recognised
        self._crossfade.begin(self._positions, RETURN_S)

    @property
    def model(self) -> FittedMapping | None:
        """The model in use; None before the first."""
        return self._mapping

    def change_model(self, mapping: FittedMapping, time_s: float, crossfade_s: float = 0.3) -> None:
        """Uses another model from now on; all outputs cross over together, from what sounds now.

        Args:
            mapping: the model.
            time_s: now.
            crossfade_s: how long that takes at least. It takes longer where an output would move faster than
                `MAX_RANGES_PER_S`; 0 for at once.

        Raises:
            GestureSynthError: the mapping was fitted to other features or outputs.
        """
        mapping.check_fits(self._columns, tuple(self._outputs[index].name for index in self._driven.learned))
        self._advance(time_s)
        self._update_positions()
        self._sources.change(mapping.gestures)
        self._mapping = mapping
        self._adaptation.change(mapping.taught)
        self._presence.change(mapping)
        if self._frame is not None and self._last_seen_s > -math.inf:
            self._apply_model(mapping, self._frame)
            if self._body_in_frame and time_s - self._last_seen_s <= STALE_S:
                self._model_share = np.where(self._driven.driven, self._model_share, self._confidences)
        self._begin_limited_crossfade(crossfade_s)

    def hold(self, positions: Float) -> None:
        """Outputs these positions, float64 (m,), 0..1, instead of everything else, at once, until `release`.

        An output whose position is NaN goes on as before; so do those that follow a source, or are switched off.
        """
        self._held_positions = np.where(self._driven.driven, np.nan, self._played.within(positions))
        self._positions = self._with_held(self._positions)

    def release(self, time_s: float, crossfade_s: float = 0.3) -> None:
        """Ends `hold` with a crossfade as in `change_model`. Does nothing when nothing is held."""
        if self._held_positions is None:
            return
        self._advance(time_s)
        self._held_positions = None
        self._begin_limited_crossfade(crossfade_s)

    def change_person(self, time_s: float, crossfade_s: float = 0.3, recognised: str = "") -> str:
        """The next frame shows another person, to whom all outputs cross over; nothing is smoothed or held over.

        Args:
            time_s: now.
            crossfade_s: as in `change_model`.
            recognised: the class that is entered already by the next person, so that it does not fire.

        Returns:
            The class that was entered by the person before; empty for none.
        """
        self._advance(time_s)
        self._extractor.reset()
        self._adaptation.reset()
        self._sources.reset()
        before, self._class_gate.recognised = self._class_gate.recognised, recognised
        self._person_crossfade_s = crossfade_s
        return before

    def process_pose(
        self,
        image: NDArray[np.float32] | None,
        width: int,
        height: int,
        time_s: float,
        capture_time_s: float | None = None,
        *,
        people: RoleFrame | None = None,
    ) -> MapperFrame:
        """Processes a new frame.

        Args:
            image: landmarks (33, 4), or None for a frame without a person.
            width: of the frame in pixels.
            height: likewise.
            time_s: now.
            capture_time_s: when the frame was captured, of any steady clock; by default now. Speeds are computed with
                it: frames arrive less evenly than they were captured, and speeds would jitter with the difference.
            people: who has which role, `image` being the one of `OWN`; by default that person is alone.
        """
        self._advance(time_s)
        captured_s = time_s if capture_time_s is None else capture_time_s
        self._frame = self._extractor.extract(image, width, height, captured_s, people)
        performed = self._sources.observe(image, width, height, captured_s, people)
        fired: tuple[str, ...] = ()
        changed_s, self._person_crossfade_s = self._person_crossfade_s, None
        if not (self._frame.person_present or others_play(people, self._sources)):
            self._body_in_frame = False
            self._sources.leave()
            fired = self._class_gate.observe({}, time_s)
        else:
            unseen_s = time_s - self._last_seen_s
            appeared = not self._body_in_frame or unseen_s > STALE_S
            self._body_in_frame, self._last_seen_s = True, time_s
            if self._frame.handed_over:
                self._adaptation.reset_of(self._extractor.handed_over)
            if changed_s is None and other_people(self._frame, self._sources, unseen_s):
                changed_s = self._handover_s
            if self._mapping is not None:
                self._apply_model(self._mapping, self._frame)
                fired = self._class_gate.observe(self._certainties, time_s)
                if appeared or changed_s is not None:
                    self._model_share = self._confidences
                if changed_s is not None:
                    self._begin_limited_crossfade(changed_s)
                elif appeared:  # a gap of one frame must not cost a crossfade of many
                    self._crossfade.begin(self._positions, min(self._return_s, unseen_s))
        return self._mapper_frame(self._frame, time_s, fired, performed)

    def tick(self, time_s: float) -> MapperFrame:
        """A step without a new frame: glides and crossfades continue."""
        self._advance(time_s)
        self._frame = self._frame or self._extractor.extract(None, 1, 1, time_s)
        if time_s - self._last_seen_s > STALE_S:
            self._sources.leave()
            self._class_gate.observe({}, time_s)
        return self._mapper_frame(self._frame, time_s, ())

    def _apply_model(self, mapping: FittedMapping, frame: FeatureFrame) -> None:
        """Evaluates the model for a frame."""
        self._certainties = self._classes_ahead.certainties(mapping, frame)
        self._sources.aim(self._certainties)
        x = self._adaptation.adapted(frame.values, frame.seen, self._time_s or 0.0, frame.predicted)
        positions, confidences = mapping.positions_and_confidences(x, frame.predicted)
        self._model_positions, read = self._driven.merged(positions, self._sources.readings())
        shares, _ = self._driven.merged(confidences, {})
        shares[self._driven.driven] = read[self._driven.driven]
        gone = self._presence.gone(frame.absent, self._driven.of(self._sources.absent), self._time_s or 0.0)
        self._confidences = np.where(self._running & ~gone, shares, 0.0)
        self._confidence = float(confidences.max()) if mapping.models else mapping.confidence(frame.values)

    def _mapper_frame(
        self, frame: FeatureFrame, time_s: float, fired: tuple[str, ...], performed: tuple[GestureEvent, ...] = ()
    ) -> MapperFrame:
        self._update_positions()
        present = self._body_in_frame and time_s - self._last_seen_s <= STALE_S
        return MapperFrame(
            values=self._played.at(self._positions),
            positions=self._positions,
            features=frame,
            present=present,
            confidence=self._confidence if present else 0.0,
            recognised=self._class_gate.recognised,
            fired=fired,
            performed=performed,
            gestures=self._sources.gesture_states if present else {},
            probabilities=self._sources.probabilities,
            gone=self._presence.now,
        )

    def _begin_limited_crossfade(self, least_s: float) -> None:
        """Begins a crossfade in which no output moves faster than `MAX_RANGES_PER_S`; with 0 s it is at once."""
        learned = self._driven.learned
        farthest = float(np.abs(self._target_positions() - self._positions)[learned].max(initial=0.0))
        longest_s = max(least_s, MAX_SLOPE * farthest / MAX_RANGES_PER_S) if least_s > 0.0 else 0.0
        duration_s = np.where(self._driven.driven, min(longest_s, RETURN_S), longest_s)
        self._crossfade.begin(self._positions, duration_s, MAX_CROSSFADE_STEP_S)

    def _advance(self, time_s: float) -> None:
        """Moves the model's shares and the crossfade on to `time_s`."""
        passed_s = 0.0 if self._time_s is None else min(max(time_s - self._time_s, 0.0), MAX_STEP_S)
        self._time_s = time_s if self._time_s is None else max(time_s, self._time_s)
        self._crossfade.advance(passed_s)
        # Between two frames with a body the person is still there, however short `idle_after_s` is.
        idle_after_s = max(self._idle_after_s, STALE_S if self._body_in_frame else 0.0)
        if self._mapping is None or time_s - self._last_seen_s > idle_after_s:
            target = np.zeros_like(self._model_share)
        elif self._body_in_frame:
            target = self._confidences
        else:
            target = np.where(self._running, self._model_share, 0.0)
        step = np.clip(target - self._model_share, -passed_s / self._idle_glide_s, passed_s / RETURN_S)
        self._model_share = self._model_share + step

    def _update_positions(self) -> None:
        """Positions from the model, the glide to idle, and the crossfade."""
        readings = self._sources.moved_readings(self._time_s or 0.0)
        self._model_positions = self._driven.followed(self._model_positions, readings)
        self._rest_positions = np.where(self._model_share >= 1.0, self._model_positions, self._rest_positions)
        positions = self._crossfade.positions(self._target_positions())
        self._positions = self._with_held(self._played.within(positions))

    def _with_held(self, positions: Float) -> Float:
        """The positions with those that are held in their places."""
        held = self._held_positions
        return positions if held is None else np.where(self._running & ~np.isnan(held), held, positions)

    def _target_positions(self) -> Float:
        """Where the outputs are after the crossfade."""
        rest = np.where(np.isnan(self._idle_positions), self._rest_positions, self._idle_positions)
        return np.asarray(rest + smooth(self._model_share) * (self._model_positions - rest), dtype=np.float64)
