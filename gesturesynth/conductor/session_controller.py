"""Teaching: carries out what the session decides, and tells it what came of it.

    a hand or a wire --call--> session --events--> here --> shelf (takes, in the worker thread)
                                  ^                  |----> repertoire (fits, presets)
                                  +---- facts -------+----> what sounds (held values, cues, volume, silence)

The session is pure and decides; nothing is decided here. Nothing here waits: whatever takes time runs in the worker or
the trainer, and is asked after at every step.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, wait
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from gesturesynth.conductor.background_jobs import Events, JobQueue, ReplyCallback, Requester, unheard
from gesturesynth.conductor.class_preset_changes import ClassPresetChanges
from gesturesynth.conductor.example_library_proxy import CHANGES, ExampleLibraryProxy
from gesturesynth.conductor.log_line_limit import LogLineLimit
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.outcomes import Outcomes, said_last
from gesturesynth.conductor.preset_browser import PresetBrowser
from gesturesynth.conductor.preset_manager import PresetEvent, PresetManager
from gesturesynth.conductor.sound_controls import SoundControls
from gesturesynth.conductor.take_recorder import TakeRecorder
from gesturesynth.control.commands import OSC, SNAPSHOTS, Call
from gesturesynth.control.session import events as s
from gesturesynth.control.session.guards import without_port
from gesturesynth.control.session.machine import Session
from gesturesynth.core import log
from gesturesynth.mapping.mapper import MapperFrame
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.runtime.messages import Pose, SessionState, Sound

WORK: Final = frozenset({"undo", "redo", "delete-last", "clear", "save", "preset", "next", "previous"})
"""Commands that the worker does. A take is not among them: it is kept however busy the worker is."""


class SessionController:
    """One session with the piece that plays.

    Args:
        preset_manager: what plays.
        library: what was taught; used in the worker only.
        worker: one thread, the shelf's and the repertoire's.
        rules: times and steps.
        choices: what was chosen before.
        gate: opening hours.
        random: for `randomise`.
        endless: no command ends it.

    Attributes:
        quitting: somebody has asked for the end of everything.
        help_shown: the keys are to be shown.
    """

    def __init__(
        self,
        preset_manager: PresetManager,
        library: ExampleLibrary,
        worker: Executor,
        *,
        rules: s.Rules,
        choices: s.Choices,
        gate: OpeningHoursGate,
        random: np.random.Generator,
        endless: bool = False,
    ) -> None:
        self.quitting = False
        self.help_shown = False
        self._preset_manager = preset_manager
        self._library = library
        self._worker = worker
        self._browser = PresetBrowser(preset_manager.piece.preset.key)  # the worker's
        self._session = Session(rules, choices)
        self._log = log.get()
        self._jobs = JobQueue(worker, self._session.failed)
        preset = self._playing = preset_manager.piece.preset
        self._examples = ExampleLibraryProxy(preset, library, self._jobs, self._update_context, self._session.failed)
        self._sound_controls = SoundControls(preset_manager, choices, gate, random)
        self._take: TakeRecorder | None = None
        self._class_changes = ClassPresetChanges()
        self._endless = endless
        self._outcomes = Outcomes()
        self._lines = LogLineLimit()
        self._requested: Call | None = None  # the preset that a class asked for, until it plays or cannot
        self._update_context()

    @property
    def state(self) -> SessionState:
        """Where teaching stands, for people."""
        state, piece = self._session.state, self._preset_manager.piece
        if state.held or not piece.holding:
            return state
        held = piece.preset.classes[piece.holding].snapshot
        return msgspec.structs.replace(state, held=str(held), held_by=piece.holding)

    @property
    def gate(self) -> OpeningHoursGate:
        """Opening hours."""
        return self._sound_controls.gate

    @property
    def choices(self) -> s.Choices:
        """What hands have chosen about the sound as a whole."""
        state = self._session.state
        return s.Choices(state.volume_db, state.muted, state.panic, state.audition)

    @property
    def is_teaching(self) -> bool:
        """Whether a sound is held by hand, a take is under way or a question is open: classes then change nothing."""
        state = self._session.state
        return bool(state.held or state.asking) or state.phase != "playing"

    # ---------------------------------------------------------------------------------------------------- what comes in
    def submit(
        self, call: Call, now_s: float, reply: ReplyCallback = unheard, outcome: ReplyCallback = unheard
    ) -> None:
        """A command. It is answered exactly once: now, or when it was carried out.

        Args:
            call: the command.
            now_s: monotonic seconds.
            reply: gets the answer.
            outcome: is told, once, how a take, a training or a change of preset that it begins has ended.
        """
        self._update_context()  # a class may hold its sound by now
        requester = Requester(call.sender, reply, outcome)
        if call.command in WORK and (busy := self._jobs.busy(call.sender)):
            self._carry_out(self._session.failed(busy, now_s), now_s, requester)
            return
        self._keep_time(now_s)
        events = self._session.handle(call, now_s)
        self._outcomes.begun(call, events, requester, phase=self._session.state.phase)
        self._carry_out(events, now_s, requester)

    def handle_class_events(self, frame: MapperFrame, now_s: float) -> None:
        """What was recognised: a class may ask for another preset. It is said, but confirmed by no sound."""
        call = self._class_changes.request(
            self._preset_manager.piece.preset, frame.fired, now_s, heed=not self.is_teaching
        )
        if call is None:
            return
        for event in self._session.handle(call, now_s):
            match event:
                case s.ChangePreset(name, step):
                    self._find(name, step, call)
                case s.Cue():
                    pass
                case _:
                    self._carry_out([event], now_s)

    def add_pose(self, pose: Pose) -> None:
        """A new pose; it is kept when a take is being recorded."""
        if self._take:
            self._take.add_pose(pose)

    def handle_preset_event(self, event: PresetEvent | None, now_s: float) -> None:
        """What the repertoire has to say."""
        if self._preset_manager.piece.preset is not self._playing:
            self._playing = self._preset_manager.piece.preset
            self._sound_controls.reapply_hold()
            self._examples.switch_preset(self._playing)
        self._examples.refresh(now_s)
        if event is None:
            return
        told: list[tuple[Events, Requester]] = []
        if event.fit is not None:
            text = self._trained_words if event.fit else event.message
            told.append((self._session.fit_ended(ok=event.fit, text=text, now_s=now_s), self._outcomes.fit_ends()))
        if event.change is not None:
            requester = self._outcomes.change_ends()
            if event.change or event.fit is None:
                told.append((self._changed(event, now_s), requester))
            else:
                requester.reply(False, event.message)  # the session has said so with the fit
        wished, self._requested = self._requested, None if event.change is not None else self._requested
        for facts, requester in told:
            self._carry_out(_unheard(facts) if wished and not self._requested else facts, now_s, requester)
        self._update_context()

    def advance(self, now_s: float) -> None:
        """Keeps the time, and asks after what the worker does."""
        if self._sound_controls.gate.update(now_s):
            self._log.info(self._sound_controls.gate.status_text)
        self._keep_time(now_s)
        for hand, lines in self._lines.left_out(now_s):
            self._log.info("lines about commands were left out", by=hand or "others", lines=lines)
        self._preset_manager.piece.classes_hold = not self.is_teaching
        if self._requested and self.is_teaching:
            self._cancel_change(now_s)
        self._report(now_s)

    def apply_to(self, sound: Sound, frame: MapperFrame) -> Sound:
        """What is to be heard: what the piece plays, cues, the volume of this machine, or silence."""
        return self._sound_controls.apply_to(sound, frame)

    def close(self, now_s: float) -> None:
        """Lets go of the shelf, after all that was asked of the worker is done, and answered."""
        closing = self._worker.submit(self._library.close)
        wait([closing])
        self._report(now_s)
        closing.result()

    def _keep_time(self, now_s: float) -> None:
        if events := self._session.tick(now_s):
            self._carry_out(events, now_s, Requester(self._session.state.last_by))

    # ---------------------------------------------------------------------------------------------------- what goes out
    def _carry_out(self, events: Iterable[s.Event], now_s: float, requester: Requester | None = None) -> None:
        events = tuple(events)
        answer = said_last(events)
        owed, later = requester, requester and requester.answered()
        kinds = {type(event) for event in events}
        # Faders send many volumes a second, and get no cue: nobody wants to read them all.
        quiet = s.SetVolume in kinds and s.Cue not in kinds
        for event in events:
            match event:
                case s.Cue(name):
                    self._sound_controls.cue(name)
                case s.ShowMessage():
                    self._write(event, requester, now_s, quiet=quiet)
                case s.Undo() | s.Redo() | s.DeleteLast() | s.ClearTakes() | s.SaveSound():
                    self._change(event, owed)
                    owed = None  # the report answers
                case s.BeginTake(target, start_s, end_s):
                    self._take = TakeRecorder(target, self._sound_of(target), start_s, end_s)
                case s.EndTake(keep, end_s):
                    self._end_take(end_s, later, keep=keep)
                case s.ChangePreset(name, step):
                    self._find(name, step, requester=owed and owed.saying(answer.text))
                    owed = None  # likewise
                case s.StartFit():
                    self._outcomes.fit_begins()
                    self._preset_manager.fit()
                case _:
                    self._do(event, now_s)
        if owed:
            owed.reply(not answer.failed, answer.text)
        session, changing = self._session.state, self._preset_manager.changing
        self._outcomes.settle(
            events, phase=session.phase, training=session.training, again=session.train_again, changing=changing
        )

    def _write(self, said: s.ShowMessage, requester: Requester | None, now_s: float, *, quiet: bool) -> None:
        """Into the log."""
        by = {"by": requester.sender} if requester and requester.sender else {}
        if quiet and not said.failed:
            self._log.debug(said.text, **by)
        elif self._lines.allows(without_port(requester.sender) if requester else "", now_s):
            (self._log.warning if said.failed else self._log.info)(said.text, **by)

    def _do(self, event: s.Event, now_s: float) -> None:
        """Everything that is done at once."""
        match event:
            case (
                s.HoldSound()
                | s.ReleaseSound()
                | s.Randomise()
                | s.SetVolume()
                | s.SetMuted()
                | s.SetPanic()
                | s.SetOpen()
            ):
                self._sound_controls.carry_out(event, self._examples.summary.snapshots, now_s)
            case s.CancelFit():
                self._preset_manager.cancel_fit()
                self._requested = None
                self._carry_out(self._session.fit_ended(ok=False, text="", now_s=now_s), now_s)
            case s.ShowHelp(on):
                self.help_shown = on
            case s.Quit():
                self.quitting = True
            case _:
                raise TypeError(event)

    def _sound_of(self, target: str) -> dict[str, float]:
        """What a take for this target teaches the outputs; nothing for a class."""
        if target not in SNAPSHOTS:
            return {}
        wanted = self._sound_controls.held or self._examples.summary.snapshots.get(int(target), {})
        sound = self._sound_controls.complete_values(wanted)
        return {output.name: sound[output.name] for output in self._playing.outputs if output.name in sound}

    # ------------------------------------------------------------------------------------------------------- the worker
    def _end_take(self, end_s: float, requester: Requester | None, *, keep: bool) -> None:
        take, self._take = self._take, None
        if take is None or not keep:
            return
        poses = take.poses(end_s)
        told = self._outcomes.take_ends(requester)
        self._examples.change(
            lambda store: store.add_take(take.target, take.values, take.label, poses),
            lambda info, now_s: self._session.take_saved(take.target, info.rows, now_s, info.id, info.duration_s),
            self._session.take_failed,
            told,
        )

    def _change(self, event: s.Event, requester: Requester | None) -> None:
        if isinstance(event, s.SaveSound):
            save = self._examples.save(event.number, self._sound_controls.values)
            self._examples.change(save, self._session.sound_saved, self._session.failed, requester)
            return
        what, nothing = CHANGES[type(event)]

        def report(text: str, now_s: float) -> Events:
            return self._session.done(text, now_s) if text else self._session.failed(nothing, now_s)

        self._examples.change(what, report, self._session.failed, requester)

    @property
    def _trained_words(self) -> str:
        """The model, and what it was not taught."""
        note = self._preset_manager.model_note
        return self._preset_manager.model + (f". {note[0].upper()}{note[1:]}" if note else "")

    def _changed(self, event: PresetEvent, now_s: float) -> Events:
        """Another preset plays, or does not."""
        if not event.change:
            return self._session.failed(event.message, now_s)
        if event.failed:  # it plays, but not as it should
            return self._session.done(event.message, now_s, "selected")
        name, model = self._preset_manager.piece.preset.name, self._trained_words
        return self._session.done(f"'{name}' plays: {model}.", now_s, "trained")

    def _report(self, now_s: float) -> None:
        """What the worker has done."""
        for facts, requester in self._jobs.completed(now_s):
            self._carry_out(facts, now_s, requester)

    def _update_context(self) -> None:
        of, view, gate = self._preset_manager.piece.preset, self._examples.summary, self._sound_controls.gate
        self._preset_manager.piece.snapshots = view.snapshots
        self._session.update_context(
            s.SessionContext(
                preset=of.key,
                snapshots=frozenset(view.snapshots),
                classes=tuple(of.classes),
                takes=view.takes,
                trained=self._preset_manager.model,
                model_error=self._preset_manager.model_error,
                can_undo=view.can_undo,
                can_redo=view.can_redo,
                holding=self._preset_manager.piece.holding,
                hours=gate.status_text,
                until=gate.until,
                closed=not gate.open,
                endless=self._endless,
            )
        )

    def _find(self, name: str, step: int, wish: Call | None = None, requester: Requester | None = None) -> None:
        """Looks a preset up, in the worker, and has it played; `wish` is the call when a class made it."""
        beside = self._preset_manager.piece.preset.path
        self._requested = wish
        by_name_only = requester is not None and requester.sender.startswith(OSC)

        def report(path: Path, _now_s: float) -> Events:
            if wish is None or self._requested is wish:  # nothing else was asked for meanwhile
                self._outcomes.change_begins(requester)
                self._preset_manager.change(path)
            return ()

        def fail(why: str, now_s: float) -> Events:
            facts = self._session.failed(why, now_s)
            if wish is None:
                return facts
            self._requested = None
            return _unheard(facts)

        self._jobs.submit(
            lambda: self._browser.find(name, step, beside, by_name_only=by_name_only), report, fail, requester
        )

    def _cancel_change(self, now_s: float) -> None:
        """Somebody began to teach while a preset that a class had asked for was on its way: it does not come."""
        self._requested = None
        self._preset_manager.cancel_change()
        self._carry_out(_unheard(self._session.failed("The preset stays, since somebody is teaching.", now_s)), now_s)


def _unheard(events: Iterable[s.Event]) -> Events:
    """Without the sounds that confirm: what a pose does belongs to the piece."""
    return tuple(event for event in events if not isinstance(event, s.Cue))
