"""The session controller: gives commands to the session, carries out its events, and reports the results to it.

    command inputs --call--> session --events--> controller --> example library (takes, in the worker thread)
                                ^                    |--------> preset manager (fits, presets)
                                +----- results ------+--------> sound controls (held values, cues, volume, mute)

The session is pure and decides; the controller decides nothing. Nothing here waits: what takes time runs in the worker
or the trainer, and its result is collected at a later tick.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, wait
from typing import Final

import numpy as np

from gesturesynth.conductor.background_jobs import Events, JobQueue, ReplyCallback, Requester, ignore_reply
from gesturesynth.conductor.command_log import CommandLog
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy
from gesturesynth.conductor.judging import Judging
from gesturesynth.conductor.map_requests import MapRequests
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.outcomes import Outcomes, last_message
from gesturesynth.conductor.output_switches import OutputSwitches
from gesturesynth.conductor.piece_events import OF_PIECE, change_piece
from gesturesynth.conductor.piece_requests import PieceRequests
from gesturesynth.conductor.preset_edits import PresetEdits
from gesturesynth.conductor.preset_events import PresetEvent
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.preset_requests import PresetRequests, change_events, without_cues
from gesturesynth.conductor.reported_events import ReportedEvents
from gesturesynth.conductor.request_answers import RequestAnswers
from gesturesynth.conductor.scale_controls import ScaleControls
from gesturesynth.conductor.session_context import choices_of, model_text, session_context, state_with_holder
from gesturesynth.conductor.sound_controls import SoundControls
from gesturesynth.conductor.take_player import TakePlayer
from gesturesynth.conductor.take_requests import TakeRequests
from gesturesynth.conductor.ways_of_teaching import WaysOfTeaching
from gesturesynth.control.commands import Call
from gesturesynth.control.session import events as s
from gesturesynth.control.session.context import Choices, Rules
from gesturesynth.control.session.machine import Session
from gesturesynth.control.session.outputs import DELETE, MASKS
from gesturesynth.control.session.scales import PARTS as SCALE_PARTS
from gesturesynth.control.session.take_edits import HANDLERS as TAKE_EDITS
from gesturesynth.control.session.text_edits import HANDLERS as TEXT_EDITS
from gesturesynth.core import log
from gesturesynth.mapping.mapper_frame import MapperFrame
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.runtime.messages import Pose, Sound
from gesturesynth.runtime.session_state import SessionState

WORKER_COMMANDS: Final = frozenset(
    {"undo", "redo", "delete-last", "clear", "save", "nudge", "evaluate", "advise", "preset", "next", "previous"}
    | {*MASKS, DELETE, *TAKE_EDITS, *SCALE_PARTS, "listen", *TEXT_EDITS}
)
"""Commands that need the worker. A take is not among them: it is stored however busy the worker is."""


class SessionController:
    """Connects the session with the preset that plays.

    Args:
        preset_manager: gives the preset that plays.
        library: takes and snapshots; used in the worker only.
        worker: one thread, which the preset manager uses, too.
        rules: times and steps.
        choices: volume, mute, panic and audition at the start.
        gate: opening hours.
        random: for `randomise`.
        piece_requests: makes commands where the piece itself asks for another preset or scene.
        endless: whether no command ends the program.

    Attributes:
        quitting: a command has ended the program.
        help_shown: whether the live view shows the keys.
        judging: evaluations and advice.
        requests, edits: answers to requests; edits of the text of the preset.
        player, ways, hold_least_s: gives the poses that are heard; makes takes; the least time of one that is held.
    """

    def __init__(
        self,
        preset_manager: PresetManager,
        library: ExampleLibrary,
        worker: Executor,
        *,
        rules: Rules,
        choices: Choices,
        gate: OpeningHoursGate,
        random: np.random.Generator,
        piece_requests: PieceRequests,
        endless: bool = False,
    ) -> None:
        self.quitting = self.help_shown = False
        self._preset_manager, self._library, self._worker = preset_manager, library, worker
        self._session = Session(rules, choices)
        self._log = log.get()
        self._jobs = JobQueue(worker, self._session.failed)
        preset = self._playing = preset_manager.piece.in_scene
        self._examples = ExampleLibraryProxy(preset, library, self._jobs, self._update_context, self._session.failed)
        self._sound_controls = SoundControls(preset_manager, choices, gate, random)
        self._piece_requests = piece_requests
        self._endless, self._outcomes, self.hold_least_s = endless, Outcomes(), rules.hold_least_s
        self.ways = WaysOfTeaching(
            self._session, self._sound_controls, self._examples, self._outcomes, preset_manager, keep_s=rules.nudge_s
        )
        self._switches = OutputSwitches(self._session, self._examples, preset_manager)
        self.judging = Judging(self._session, preset_manager, library, self._jobs)
        self.player = TakePlayer(self._session, self._examples, preset_manager)
        self.edits = PresetEdits(self._session, self._jobs, preset_manager)
        takes = TakeRequests(self._examples, self._jobs, preset_manager)
        self.requests = RequestAnswers(takes, self.edits, MapRequests(preset_manager, self._examples, self._jobs))
        self._reported = ReportedEvents(
            self._session,
            sounds=self._sound_controls,
            examples=self._examples,
            ways=self.ways,
            switches=self._switches,
            judging=self.judging,
            player=self.player,
            scales=ScaleControls(self._session, self._jobs, preset_manager),
            edits=self.edits,
        )
        self._command_log = CommandLog()
        self._requests = PresetRequests(preset_manager, self._jobs, self._outcomes, self._session.failed)
        self._update_context()

    @property
    def state(self) -> SessionState:
        """The state of the session, for the status."""
        return state_with_holder(self._session.state, self._preset_manager.piece)

    @property
    def gate(self) -> OpeningHoursGate:
        """Opening hours."""
        return self._sound_controls.gate

    @property
    def choices(self) -> Choices:
        """Volume, mute, panic, audition, scale and hands-free, as commands have chosen them."""
        return choices_of(self._session, self._preset_manager.piece)

    @property
    def is_teaching(self) -> bool:
        """Whether a command holds a sound, a take is under way or a question is open: classes then change nothing."""
        state = self._session.state
        return bool(state.held or state.asking) or state.phase != "playing"

    # ----------------------------------------------------------------------------------------------------------- inputs
    def submit(
        self, call: Call, now_s: float, reply: ReplyCallback = ignore_reply, outcome: ReplyCallback = ignore_reply
    ) -> None:
        """Carries out a command. It is answered exactly once: now, or when it was carried out.

        Args:
            call: the command.
            now_s: monotonic seconds.
            reply: receives the answer.
            outcome: receives, once, how a take, a training or a change of preset ends that the command begins.
        """
        self._update_context()  # a class may hold its snapshot by now
        requester = Requester(call.sender, reply, outcome)
        if call.command in WORKER_COMMANDS and (busy := self._jobs.busy_text(call.sender)):
            self._execute(self._session.failed(busy, now_s), now_s, requester)
            return
        self._advance_session(now_s)
        events = self._session.handle(call, now_s)
        self._outcomes.command_begun(call, events, requester, phase=self._session.state.phase)
        self._execute(events, now_s, requester)

    def handle_class_events(self, frame: MapperFrame, now_s: float) -> None:
        """Changes preset or scene if a class was entered, or a gesture performed, that requests another; without a cue.

        The schedule changes scenes, too.
        """
        piece, enabled = self._preset_manager.piece, not (self.is_teaching or self.player.playing)
        call = self._piece_requests.request(piece, frame, now_s, enabled=enabled)
        if call is None:
            return
        for event in self._session.handle(call, now_s):
            match event:
                case s.ChangePreset(name, step):
                    self._requests.find(name, step, call)
                case s.Cue():
                    pass
                case _:
                    self._execute([event], now_s)

    def add_pose(self, pose: Pose) -> None:
        """Adds a pose to the take that is being recorded, if any, and to the last seconds, if it is heard."""
        if not self.player.playing:
            self.ways.add_pose(pose)
        self.judging.add_pose(pose)

    def handle_preset_event(self, event: PresetEvent | None, now_s: float) -> None:
        """Reports an event of the preset manager to the session; to be called at every tick."""
        self._follow_preset()
        self._examples.refresh(now_s)
        if event is None:
            return
        results: list[tuple[Events, Requester]] = []
        if event.fit is not None:
            text = model_text(self._preset_manager, reasons=True) if event.fit else event.message
            events = self._session.fit_ended(ok=event.fit, text=text, now_s=now_s)
            results.append((events, self._outcomes.fit_ends()))
        by_class = self._requests.by_class and event.change is not None
        if event.change is not None:
            self._requests.end()
            requester = self._outcomes.change_ends()
            if event.change or event.fit is None:
                results.append((change_events(self._session, self._preset_manager, event, now_s), requester))
            else:
                requester.reply(False, event.message)  # the session has the sentence with the fit
        for events, requester in results:
            self._execute(without_cues(events) if by_class else events, now_s, requester)
        self._update_context()

    def _follow_preset(self) -> None:
        """Examples and sounds are those of the preset, and of the scene, that plays by now."""
        if self._preset_manager.piece.in_scene is not self._playing:
            self._sound_controls.follow(self._playing, self._preset_manager.piece.in_scene)
            self._playing = self._preset_manager.piece.in_scene
            self._examples.switch_preset(self._playing)
            self.edits.preset_changed()

    def advance(self, now_s: float) -> None:
        """Advances opening hours and session, and collects the results of the worker."""
        if self._sound_controls.gate.update(now_s):
            self._log.info("opening hours changed", message=self._sound_controls.gate.status_text)
        self._advance_session(now_s)
        if held := self.ways.advance(now_s):
            self._execute(held, now_s, Requester("held pose"))
        self._command_log.write_omitted(now_s)
        self._preset_manager.piece.classes_hold = not self.is_teaching
        if self._requests.by_class and self.is_teaching:
            self._cancel_class_change(now_s)
        self._collect_jobs(now_s)
        if judged := self.judging.poll(now_s):
            self._execute(judged[0], now_s, judged[1])

    def apply_to(self, sound: Sound, frame: MapperFrame, now_s: float) -> Sound:
        """The message for the engine: the sound of the piece with all controls applied."""
        applied = self._sound_controls.apply_to(sound, frame)
        if not self.player.playing:
            self.ways.add_sound(now_s)
        return applied

    def close(self, now_s: float) -> None:
        """Closes the example library, after all jobs of the worker are done and answered."""
        self.judging.close()
        closing = self._worker.submit(self._library.close)
        wait([closing])
        self._collect_jobs(now_s)
        closing.result()

    def _advance_session(self, now_s: float) -> None:
        if events := self._session.tick(now_s):
            self._execute(events, now_s, Requester(self._session.state.last_by))

    # ---------------------------------------------------------------------------------------------------------- effects
    def _execute(self, events: Iterable[s.Event], now_s: float, requester: Requester | None = None) -> None:
        events = tuple(events)
        answer = last_message(events)
        unanswered, later = requester, requester and requester.without_reply()
        kinds = {type(event) for event in events}
        # Faders send many volumes a second, and get no cue: a log of all of them would be of no use.
        quiet = bool({s.SetVolume, s.HoldMorph, s.HoldValues, s.SetStrength, s.SetTempo} & kinds) and s.Cue not in kinds
        for event in events:
            match event:
                case s.Cue(name):
                    self._sound_controls.play_cue(name)
                case s.ShowMessage():
                    self._command_log.write(event, requester, now_s, quiet=quiet)
                case _ if isinstance(event, s.OUTCOME):
                    self._reported.begin(event, unanswered, now_s)
                    unanswered = None  # the report answers
                case s.BeginTake():
                    self.ways.begin_take(event)
                case s.EndTake():
                    self.ways.end_take(event, later)
                case s.ChangePreset(name, step):
                    requester_of_change = unanswered and unanswered.with_default_text(answer.text)
                    self._requests.find(name, step, requester=requester_of_change)
                    unanswered = None  # likewise
                case s.StartFit():
                    self._outcomes.fit_begins()
                    self._preset_manager.fit()
                case _:
                    self._execute_now(event, now_s)
        if unanswered:
            unanswered.reply(not answer.failed, answer.text)
        self._outcomes.fail_cancelled(events, self._session.state, changing=self._preset_manager.changing)

    def _execute_now(self, event: s.Event, now_s: float) -> None:
        """Carries out an event that takes no time."""
        match event:
            case (
                s.HoldSound()
                | s.HoldMorph()
                | s.HoldValues()
                | s.ReleaseSound()
                | s.Randomise()
                | s.SetStrength()
                | s.SetVolume()
                | s.SetMuted()
                | s.SetPanic()
                | s.SetOpen()
            ):
                self._sound_controls.execute(event, self._examples.summary.snapshots, now_s)
            case s.CancelFit():
                self._preset_manager.cancel_fit()
                self._requests.end()
                self._execute(self._session.fit_ended(ok=False, text="", now_s=now_s), now_s)
            case _ if isinstance(event, OF_PIECE):
                change_piece(self._preset_manager.piece, event, now_s)
                self._follow_preset()
            case s.HoldScore():
                self.ways.hold_score()
            case s.BeginPlayback(start_s):
                self.player.begin(start_s)
            case s.EndPlayback():
                self.player.end(now_s)
            case s.ShowHelp(on):
                self.help_shown = on
            case s.Quit():
                self.quitting = True
            case _:
                raise TypeError(event)

    def _collect_jobs(self, now_s: float) -> None:
        """Carries out the events of jobs that have ended."""
        for events, requester in self._jobs.completed(now_s):
            self._execute(events, now_s, requester)

    def _update_context(self) -> None:
        summary = self._examples.summary
        self._preset_manager.piece.snapshots = summary.snapshots
        self._switches.apply()
        gate = self._sound_controls.gate
        self._session.update_context(session_context(self._preset_manager, summary, gate, endless=self._endless))

    def _cancel_class_change(self, now_s: float) -> None:
        """Teaching has begun while a preset that a class has requested is on its way: the change is cancelled."""
        self._requests.end()
        self._preset_manager.cancel_change()
        events = self._session.failed("The preset stays, since a person is teaching.", now_s)
        self._execute(without_cues(events), now_s)
