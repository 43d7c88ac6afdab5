"""What is around a session: carries out its events, and checks after each step that its state is possible."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import get_args

import msgspec
import pytest

from gesturesynth.control.arguments import Value
from gesturesynth.control.commands import call
from gesturesynth.control.session import events as s
from gesturesynth.control.session.context import Rules, SessionContext
from gesturesynth.control.session.machine import Session
from gesturesynth.control.session.targets import BY_THEMSELVES, GRAB, MORPH, NUDGE, PLAY_ALONG, WAYS
from gesturesynth.runtime.session_state import OutputsOff, SessionState
from tests.support.session_events import Events, answer

OUTPUTS = ("pitch", "level")
ENCODER = msgspec.json.Encoder()
DECODER = msgspec.json.Decoder(SessionState)
SCORE_S = 12.5
LENGTHS_S = {PLAY_ALONG: SCORE_S, GRAB: 300.0}  # at most
LENGTH_S = 4.0
"""Of every take that is played."""


def _sender_host(by: str) -> str:
    return re.sub(r":\d+$", "", by) if by.startswith("osc ") else by


class SessionHarness:
    """Takes and snapshots are kept in lists, fits end when `end_fit` is called. After each step, all is checked.

    Attributes:
        session: what is tested.
        now_s: the time that is passed to the session.
        takes: the target of each take that was kept.
        snapshots: their numbers.
        off: outputs that are switched off, by what for.
        fits: how many were started.
        events: all of them.
        quits: how often it was to end.
        closed: by opening hours, or against them.
        scale: that pitches follow; `tempo`: whether anything lies on a beat.
        adapts: whether the taught range follows the person in view; None where no feature could.

    Args:
        rules: times and steps.
        classes: of the preset.
        snapshots: of the preset.
        until: when opening hours change next; without it there are none.
        outputs: whether the preset moves any.
        trained: the model; empty before the first.
    """

    def __init__(
        self,
        rules: Rules | None = None,
        *,
        classes: tuple[str, ...] = (),
        snapshots: Iterable[int] = (1, 2, 3),
        until: str = "",
        outputs: bool = True,
        trained: str = "linear rbf",
    ) -> None:
        self.rules = rules or Rules()
        self.session = Session(self.rules)
        self.now_s = 100.0
        self.preset, self.classes = "theremin", classes
        self.takes: list[str] = []
        self.snapshots = set(snapshots)
        self.off: dict[s.OutputMask, set[str]] = {mask: set() for mask in get_args(s.OutputMask)}
        self.fits = self.quits = 0
        self.closed, self.tempo, self.scale = False, False, ""
        self.adapts: bool | None = False
        self._until = until
        self._outputs, self._trained = outputs, trained
        self.events: list[s.Event] = []
        self._past: list[tuple[list[str], set[int]]] = []
        self._future: list[tuple[list[str], set[int]]] = []
        self._take: s.BeginTake | None = None
        self._holder = ""
        self._fitting = self._playing = self._train_again = False
        self._question: tuple[str, str, float] | None = None
        self._volume_db, self._muted, self._panic, self._held = 0.0, False, False, ""
        self.set_context()

    # ------------------------------------------------------------------------------------------------------------ steps
    def submit(self, name: str, *values: Value, by: str = "keyboard") -> Events:
        """Submits a command; its events, those of its outcome included."""
        before = self.session.state
        if name == "panic":
            self._panic = True
        elif name == "release":
            self._panic = False
        if name == "cancel" and not before.asking and before.phase == "playing":
            self._train_again = False
        if name == "train" and self._fitting:
            self._train_again = True
        fits, fitting = self.fits, self._fitting
        command = call(name, values, by)
        events = self.session.handle(command, self.now_s)
        if name in ("clear", "quit"):
            self._check_question(name, by, before, events)
        if name in ("record", "hold") and before.target not in BY_THEMSELVES:
            touching = s.SetMuted | s.SetPanic | s.SetVolume | s.HoldSound | s.ReleaseSound
            assert not any(isinstance(event, touching) for event in events), "recording does not touch what sounds"
        if name == "hold":
            self._check_hold(by, events, on=bool(command.switch))
        all_events = events + self._carry_out(events)
        if name == "morph" and not answer(all_events).failed:
            assert self.session.state.target == MORPH, "what is heard is what a take is for"
        if name == "train":
            assert self.fits == fits + (not fitting), "a fit at once, unless there is one"
        assert any(isinstance(event, s.ShowMessage) for event in all_events), f"{name} was not answered"
        silently = (
            command.text in ("hold off", "open off")
            or (name == "open" and self.closed)
            or name in ("volume", "quantise", "tempo", "predict", "tap", "mute", "panic", "quit")
            or (name in ("morph", "set-outputs") and before.held.startswith(("morph ", "set")))
        )
        assert silently or any(isinstance(event, s.Cue) for event in all_events)
        assert self.session.state.last_command == command.text
        assert self.session.state.last_by == by
        self._check()
        return all_events

    def wait(self, seconds: float, step_s: float = math.inf) -> Events:
        """Lets time pass, with a tick every `step_s`, or only at the end."""
        all_events: Events = ()
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(end_s, self.now_s + step_s)
            all_events += self._checked(self.session.tick(self.now_s))
        return all_events

    def hold_button(self) -> Events:
        return self._checked(self.session.button_held(self.now_s))

    def end_fit(self, *, ok: bool, text: str = "") -> Events:
        """Ends the fit; does nothing without one."""
        if not self._fitting:
            return ()
        wanted, self._train_again, self._fitting = self._train_again, False, False
        fits = self.fits
        events = self._checked(self.session.fit_ended(ok, text, self.now_s))
        assert self.fits == fits + wanted, "what was asked for during the fit is done once"
        return events

    def start_fit(self) -> Events:
        """The conductor begins a fit for a file that has changed."""
        if self._fitting:
            return ()
        self._fitting = True
        return self._checked(self.session.fit_started(self.now_s))

    def _checked(self, events: Events) -> Events:
        all_events = events + self._carry_out(events)
        self._check()
        return all_events

    def set_context(self, preset: str = "", classes: tuple[str, ...] | None = None) -> Events:
        """Changes the context of the session; the events of that."""
        if preset and preset != self.preset:
            self.preset, self._train_again, self._question = preset, False, None
        self.classes = self.classes if classes is None else classes
        self.session.update_context(
            SessionContext(
                preset=self.preset,
                snapshots=frozenset(self.snapshots),
                outputs=self._outputs,
                score_s=SCORE_S if len(self.snapshots) > 1 else 0.0,
                classes=self.classes,
                trained=self._trained,
                newest_take=len(self.takes),
                takes={target: self.takes.count(target) for target in self.takes},
                can_undo=bool(self._past),
                can_redo=bool(self._future),
                hours=f"{'closed' if self.closed else 'open'} until {self._until}" if self._until else "",
                until=self._until,
                closed=self.closed,
                output_names=OUTPUTS if self._outputs else (),
                pitches=self._outputs,
                scale=self.scale,
                adapts=self.adapts,
                tempo=self.tempo,
                named=dict.fromkeys(OUTPUTS, len(self.takes)) if self.takes else {},
                off=OutputsOff(*(tuple(sorted(self.off[mask])) for mask in get_args(s.OutputMask))),
            )
        )
        state = self.session.state
        assert state.target in ("", *WAYS) or self.session._context.has(state.target)
        events = self.session.tick(self.now_s)
        return events + self._carry_out(events)

    # ---------------------------------------------------------------------------------------------------- carrying out
    def _carry_out(self, events: Events) -> Events:
        all_events: Events = ()
        for event in events:
            self.events.append(event)
            all_events += self._carry_out_one(event)
        return all_events

    def _carry_out_one(self, event: s.Event) -> Events:  # noqa: C901, PLR0912 - one case for each event
        match event:
            case s.Cue(name):
                assert name in s.CUES
            case s.ShowMessage(words):
                assert re.fullmatch(r"[A-Z].*[.?!]", words), words
            case s.BeginTake():
                assert self._take is None, "one take at a time"
                assert event.start_s == self.now_s, "no pose from before the start was heard"
                assert event.end_s - event.start_s <= self._most_s(event.target) + 1e-6
                self._take = event
            case s.EndTake():
                return self._end_take(event)
            case s.StartFit():
                assert not self._fitting, "one fit at a time"
                self._fitting = True
                self.fits += 1
            case s.CancelFit():
                assert self._fitting, "there is something to cancel"
            case s.SetVolume(db):
                assert -60.0 <= db <= 0.0
                self._volume_db = db
            case s.SetMuted(on):
                self._muted = on
            case s.SetPanic(on):
                assert on == self._panic, "panic begins and ends by a command only"
            case s.SetOpen(on):
                assert self._until, "there is something to overrule"
                self.closed = not on
                self.set_context()
            case s.HoldSound(target):
                assert int(target) in self.snapshots
                self._held = target
            case s.ReleaseSound():
                assert self._held
                self._held = ""
            case s.Randomise() | s.HoldValues():
                self._held = "random" if isinstance(event, s.Randomise) else "set"
            case s.BeginPlayback(start_s):
                assert start_s == self.now_s
                assert not self._held, "what was held is let go first"
                assert not self._playing, "the take before has ended"
                self._playing = True
            case s.EndPlayback():
                assert self._playing, "there is something to end"
                self._playing = False
            case s.HoldScore():
                assert len(self.snapshots) > 1
                self._held = "score"
            case s.HoldMorph(first, second, part):
                assert {int(first), int(second)} <= self.snapshots
                self._held = f"morph {first} {second} {part:.3g}"
            case s.SetAdapt(on):
                self.adapts = on
                self.set_context()
            case s.SetStrength(strength):
                assert 0.0 <= strength <= 1.0
            case s.ChangePreset(name):
                assert self._take is None
                return self.set_context(preset=name)
            case s.Quit():
                self.quits += 1
        return self._outcome(event) if isinstance(event, s.OUTCOME) else ()

    def _end_take(self, event: s.EndTake) -> Events:
        take, self._take = self._take, None
        assert take is not None, "a take ends once"
        assert take.start_s <= event.end_s <= take.end_s
        if not event.keep:
            return ()
        if event.end_s == take.start_s:
            return self._with_outcome(self.session.take_failed("No person was in view.", self.now_s))
        self._remember()
        self.takes.append(take.target)
        self.set_context()
        if take.target in BY_THEMSELVES and self._fitting:
            self._train_again = True
        return self._with_outcome(self.session.take_saved(take.target, "Grabbed 30 poses.", self.now_s))

    def _outcome(self, event: s.Event) -> Events:  # noqa: C901 - one case for each event
        match event:
            case s.Undo() | s.Redo():
                back, forth = (self._past, self._future) if isinstance(event, s.Undo) else (self._future, self._past)
                forth.append((list(self.takes), set(self.snapshots)))
                self.takes, self.snapshots = back.pop()
            case s.SaveSound(number):
                self._remember()
                assert number not in self.snapshots, "no snapshot is written over"
                self.snapshots.add(number)
                self.set_context()
                return self._with_outcome(self.session.sound_saved(number, self.now_s))
            case s.Nudge(target, start_s, end_s):
                assert self._take is None
                assert end_s == self.now_s
                assert end_s - start_s == pytest.approx(self.rules.nudge_s)
                assert target in (NUDGE, self.session.state.held, self.session.state.target)
                self._remember()
                self.takes.append(target)
                self.set_context()
                return self._with_outcome(self.session.take_saved(target, "60 poses.", self.now_s))
            case s.SwitchOutput(mask, output, on):
                assert output in OUTPUTS
                (self.off[mask].discard if on else self.off[mask].add)(output)
            case s.DeleteOutput(output):
                assert output in OUTPUTS
                assert self.takes
                self._remember()
            case s.ChangeScale(part, text):
                self.scale = text if part == "scale" else self.scale
            case s.RelabelTake(take) | s.TrimTake(take) | s.SwitchTake(take) | s.DeleteTake(take) | s.RestoreTake(take):
                if take > len(self.takes):
                    return self._with_outcome(self.session.failed(f"There is no take {take}.", self.now_s))
                self._edit(event, take)
            case s.ReadTake(take, request):
                if take > len(self.takes):
                    return self._with_outcome(self.session.take_unread(request, "There is none.", self.now_s))
                return self._with_outcome(self.session.take_ready(request, self.takes[take - 1], LENGTH_S, self.now_s))
            case s.DeleteLast():
                self._remember()
                self.takes.pop()
            case s.ClearTakes():
                self._remember()
                self.takes.clear()
        self.set_context()
        return self._with_outcome(self.session.done("Done.", self.now_s))

    def _edit(self, event: s.Event, take: int) -> None:
        self._remember()
        match event:
            case s.RelabelTake(target=target):
                assert self.session._context.has(target)
                self.takes[take - 1] = target
            case s.TrimTake(start_s=start_s, end_s=end_s):
                assert min(start_s, end_s) >= 0.0
            case s.DeleteTake():
                self.takes.pop(take - 1)

    def _remember(self) -> None:
        self._past.append((list(self.takes), set(self.snapshots)))
        self._future.clear()

    def _with_outcome(self, events: Events) -> Events:
        return events + self._carry_out(events)

    # -------------------------------------------------------------------------------------------------------- checking
    def _check_question(self, name: str, by: str, before: SessionState, events: Events) -> None:
        """What cannot be undone happens at the second command only."""
        dangerous = any(isinstance(event, s.ClearTakes | s.Quit) for event in events)
        asks = s.Cue("ask") in events
        at_once = name == "quit" and by == "keyboard" and "playing" in (before.phase, self.session.state.phase)
        if dangerous and not at_once:
            assert self._question is not None, "it was asked"
            command, sender, asked_s = self._question
            assert (command, sender) == (name, by)
            assert self.now_s - asked_s <= self.rules.confirm_s + 1e-6
        if asks:
            self._question = (name, by, self.now_s)
        elif self._question and self._question[1] == by:  # a command of another sender leaves the question open
            self._question = None

    def _check_hold(self, by: str, events: Events, *, on: bool) -> None:
        """The sender that holds a take ends it by letting go; no other sender ends it."""
        take, ends = self._take, [event for event in events if isinstance(event, s.EndTake)]
        if take and self.now_s < take.end_s:
            mine = not on and self._holder == _sender_host(by)
            assert bool(ends) == mine
            assert not mine or ends[0].keep == (self.now_s - take.start_s >= self.rules.hold_least_s)
        if on and self.session.state.take_held and (take is None or ends):
            assert any(isinstance(event, s.BeginTake) for event in events)
            self._holder = _sender_host(by)

    def _most_s(self, target: str) -> float:
        usual_s = self.rules.hold_s if self.session.state.take_held else self.rules.take_s
        return LENGTHS_S.get(target, usual_s)

    def _check(self) -> None:
        """Checks that the state is a possible one."""
        state = self.session.state
        assert DECODER.decode(ENCODER.encode(state)) == state
        assert (state.phase == "recording") == (self._take is not None)
        assert state.phase == "playing" or state.target, "nothing is recorded for nothing"
        assert 0.0 <= state.countdown_s <= (self.rules.countdown_s + 1e-6) * (state.phase == "countdown")
        assert 0.0 <= state.take_left_s <= (self._most_s(state.target) + 1e-6) * (state.phase == "recording")
        assert state.phase == "recording" or not state.take_held
        self._holder = self._holder if state.take_held else ""
        assert state.training == self._fitting
        assert state.train_again == self._train_again
        assert (state.volume_db, state.muted, state.panic) == (self._volume_db, self._muted, self._panic)
        assert state.held == self._held
        assert bool(state.played_take) == self._playing
        assert 0.0 <= state.played_left_s <= LENGTH_S * self._playing
        assert not (self._playing and (state.held or state.phase != "playing")), "one thing is heard"
        assert state.message_bad in (True, False)
