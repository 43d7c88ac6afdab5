"""The session: teaching the running piece, as a pure state machine. Commands and reports in, events out.

The rules of this file and its parts (`take.py`, `training.py`, `playback.py`, `sound.py`, `guards.py`):

- No clock, socket, file or thread: time is passed in (monotonic seconds; it never runs backwards here). What has to be
  done outside is an event that the session controller carries out; its outcome comes back as a report.
- What leads where is in tables, `transitions.py`, to be checked by eye. The parts that follow them do not depend on
  each other. Every `BeginTake` has exactly one `EndTake`, because both come from one place that follows the table.
- Time is advanced before a command is handled: one that comes late finds the session where it should be by then, and a
  take is never longer than the setting, however seldom `tick` is called.
- Every command is answered: the last `ShowMessage` of what it leads to is the answer. What has to be carried out first
  (`OUTCOME`) is answered by the report that follows at once, all else by `handle`.
- Every command is confirmed by a short sound, too, but `volume`, which faders send many times a second, `tap`, a `hold`
  that lets go of nothing, and what makes silence. Recording never mutes, and never changes what sounds.
- A question is answered by the same command from the same sender, and withdrawn by another command from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import msgspec

from gesturesynth.control.commands import Call
from gesturesynth.control.session.adapting import ADAPT, set_adapt
from gesturesynth.control.session.context import DEFAULT_CHOICES, Choices, Rules, SessionContext
from gesturesynth.control.session.events import (
    Advise,
    ClearTakes,
    Cue,
    CueName,
    DeleteLast,
    Evaluate,
    Event,
    Quit,
    Redo,
    SaveSound,
    ShowHelp,
    ShowMessage,
    Undo,
)
from gesturesynth.control.session.guards import Question, free_numbers, question, refusal_reason, refused, sender_of
from gesturesynth.control.session.hands_free import HandsFree
from gesturesynth.control.session.outputs import handlers as output_handlers
from gesturesynth.control.session.playback import Playback
from gesturesynth.control.session.predicting import HANDLERS as PREDICTING
from gesturesynth.control.session.scales import HANDLERS as SCALE_HANDLERS
from gesturesynth.control.session.scenes import SCENE, change_preset, change_scene
from gesturesynth.control.session.shown_state import shown_state
from gesturesynth.control.session.sound import OutputState
from gesturesynth.control.session.take import Take
from gesturesynth.control.session.take_edits import HANDLERS as TAKE_EDITS
from gesturesynth.control.session.targets import BY_THEMSELVES, GRAB
from gesturesynth.control.session.tempo import TempoCommands
from gesturesynth.control.session.text_edits import HANDLERS as TEXT_EDITS
from gesturesynth.control.session.training import Fit
from gesturesynth.control.session.ways import Ways
from gesturesynth.runtime.session_state import SessionState

Events = Iterator[Event]


class Session:
    """The state of teaching the piece that plays, by one person or several senders.

    Args:
        rules: times and steps.
        choices: what was chosen before; the volume is brought within -60..0.
    """

    def __init__(self, rules: Rules, choices: Choices = DEFAULT_CHOICES) -> None:
        self._rules = rules
        self._context = SessionContext()
        self._now_s = -math.inf
        self._take = Take(rules)
        self._fit = Fit()
        self._output = OutputState(choices)
        self._playback = Playback(self._output)
        self._question: Question | None = None
        self._ways = Ways(rules, self._take, self._output)
        self._hands_free = HandsFree(rules, choices.hands_free, self._take, self._ways, self._fit)
        self._message = ShowMessage("")
        self._last = ("", "")
        self._help_shown = False
        self._pending: list[Event] = []  # what a new context led to; returned with the next events
        self._handlers: dict[str, Callable[[Call], Iterable[Event]]] = {
            "select": lambda call: self._ways.choose(str(call.values[0]), self._context),
            "label": lambda call: self._ways.label(call, self._context),
            "record": self._record,
            "hold": self._hold,
            "stop": self._stop,
            "cancel": self._cancel,
            "train": self._train,
            "evaluate": lambda _: [Evaluate()],
            "advise": lambda _: [Advise()],
            "undo": lambda _: [Undo()],
            "redo": lambda _: [Redo()],
            "delete-last": lambda _: [DeleteLast()],
            "clear": lambda _: [ClearTakes()],
            "save": lambda _: [SaveSound(free_numbers(self._context)[0])],
            "randomise": self._randomise,
            "morph": self._ways.morph,
            "set-outputs": lambda call: self._ways.set_outputs(call, self._context),
            "nudge": lambda _: self._ways.nudge(self._now_s),
            "play-along": lambda _: self._ways.play_along(self._context, self._now_s),
            "grab": lambda call: self._ways.grab(call, self._context, self._now_s),
            "hands-free": lambda call: self._hands_free.switch(call.switch, self._context, self._now_s),
            "audition": lambda call: self._output.set_audition(on=call.switch, target=self._ways.chosen),
            "preset": lambda call: change_preset(str(call.values[0]), 0),
            "next": lambda _: change_preset("next", 1),
            "previous": lambda _: change_preset("previous", -1),
            "volume": lambda call: self._output.set_volume(float(call.values[0])),
            "louder": lambda _: self._output.step_volume(rules.volume_step_db),
            "quieter": lambda _: self._output.step_volume(-rules.volume_step_db),
            "mute": lambda call: self._output.set_muted(on=call.switch),
            "panic": lambda _: self._output.set_panic(),
            "release": lambda _: self._output.release(),
            "open": self._open,
            "help": self._help,
            "quit": self._quit,
            **output_handlers(lambda: self._context),
            **(TAKE_EDITS | TEXT_EDITS | PREDICTING),
            "listen": self._listen,
            **SCALE_HANDLERS,
            **TempoCommands(lambda: self._now_s).handlers,
            ADAPT: lambda call: set_adapt(call, self._context),
            SCENE: lambda call: change_scene(call, self._context),
        }

    # ------------------------------------------------------------------------------------------------ commands and time
    def handle(self, call: Call, now_s: float) -> tuple[Event, ...]:
        """Carries out a command, or asks a question first, or says why not.

        Args:
            call: from `commands.call`, so its values are right.
            now_s: monotonic seconds.

        Returns:
            What has to be done, in this order.
        """
        events = [*self._advance(now_s)]
        self._last = (call.text, call.sender)
        requested = self._question if self._question and self._question.concerns(call) else None
        yes = requested is not None and requested.command == call.text
        if reason := refusal_reason(call, self.state, self._context):
            events += refused(reason)
        elif not yes and (text := question(call, self.state, self._context, self._rules.confirm_s)):
            self._question = Question(call.text, sender_of(call), self._now_s + self._rules.confirm_s, text)
            events += (Cue("ask"), ShowMessage(text))
        else:
            events += self._handlers[call.command](call)
        if requested and requested is self._question:
            self._question = None
        return self._remember_message(events)

    def tick(self, now_s: float) -> tuple[Event, ...]:
        """What is due by now: ticks, the begin and the end of a take, the end of a question.

        Call it at least 30 times a second, or ticks sound uneven.
        """
        return self._remember_message(self._advance(now_s))

    # ---------------------------------------------------------------------------------------------------------- reports
    def update_context(self, context: SessionContext) -> None:
        """There is something else to teach. The events of that come with those of the next call of any kind."""
        changed = context.preset != self._context.preset
        elsewhere = changed or context.scene != self._context.scene
        self._context = context
        self._output.closed = context.hours if context.closed else ""
        if changed:
            self._pending += self._fit.move("preset")
            self._pending += self._playback.replaced()
            self._question = None
        if elsewhere or (self._ways.chosen and not context.has(self._ways.chosen)):
            if self._take.phase != "playing":
                self._pending += self._take.move("gone", self._now_s)
            self._ways.chosen = ""
            self._pending += self._output.release_sound()

    def take_saved(self, target: str, facts: str, now_s: float) -> tuple[Event, ...]:
        """The take is on disk; `facts` about it, such as `112 poses in 4.0 s, take 3.`, end the sentence.

        What is recorded at a distance from the keys is trained, too. Facts about a grab are sentences of their own.
        """
        text = facts if target == GRAB else f"A take for {self._context.text(target)} is saved: {facts}"
        fit = [*self._fit.move("train")] if target in BY_THEMSELVES else []
        events = [Cue("saved"), ShowMessage(text + " Training." * bool(fit)), *fit]
        return self._report(now_s, [*events, *self._hands_free.saved(target, text, self._context)])

    def take_failed(self, reason: str, now_s: float) -> tuple[Event, ...]:
        """The take could not be kept: a sentence."""
        self._hands_free.failed()
        return self._report(now_s, refused(reason))

    def button_held(self, now_s: float) -> tuple[Event, ...]:
        """The pose that is the record button was held; while it means nothing, nothing happens."""
        free = not self._question and not self._playback.under_way
        return self._report(now_s, self._hands_free.press(self._context, now_s) if free else ())

    def take_ready(self, request: int, target: str, length_s: float, now_s: float) -> tuple[Event, ...]:
        """The take of a `ReadTake` was read: what it is for, and its length."""
        name = self._context.text(target)
        return self._report(now_s, self._playback.ready(request, name, length_s, now_s))

    def take_unread(self, request: int, reason: str, now_s: float) -> tuple[Event, ...]:
        """It could not be read: a sentence."""
        return self._report(now_s, self._playback.unread(request, reason))

    def sound_saved(self, number: int, now_s: float) -> tuple[Event, ...]:
        """The sound is on disk as a snapshot. It is chosen now, unless a take has begun meanwhile."""
        self._context = msgspec.structs.replace(self._context, snapshots=self._context.snapshots | {number})
        events: list[Event] = [Cue("saved"), ShowMessage(f"Saved as snapshot {number}. Space records a take for it.")]
        if self._take.phase == "playing":
            self._ways.chosen = str(number)
            events += self._output.hold(self._ways.chosen)
        return self._report(now_s, events)

    def fit_started(self, now_s: float) -> tuple[Event, ...]:
        """A fit is under way, requested or not."""
        return self._report(now_s, self._fit.move("started"))

    def fit_ended(self, ok: bool, text: str, now_s: float) -> tuple[Event, ...]:  # noqa: FBT001 - it is the report
        """A fit is over, for any reason: each `StartFit` and each `fit_started` of its own is reported once.

        Args:
            ok: the new model takes over.
            text: the model (`linear rbf, 18 examples`), or a sentence about what went wrong; may be empty.
            now_s: monotonic seconds.
        """
        return self._report(now_s, self._fit.ended(ok=ok, text=text))

    def done(self, text: str, now_s: float, cue: CueName = "undo") -> tuple[Event, ...]:
        """Something of `OUTCOME`, or a change of preset, was carried out: what happened, as a sentence."""
        return self._report(now_s, [Cue(cue), ShowMessage(text)])

    def failed(self, reason: str, now_s: float) -> tuple[Event, ...]:
        """It could not be carried out: a sentence."""
        return self._report(now_s, refused(reason))

    @property
    def state(self) -> SessionState:
        """The state to be shown, as of the newest call."""
        return shown_state(
            self._context,
            self._take,
            self._ways.target,
            self._output,
            self._fit,
            self._playback,
            self._hands_free.state,
            asking=self._question.text if self._question else "",
            message=self._message,
            last=self._last,
            now_s=self._now_s,
        )

    @property
    def hands_free(self) -> bool | None:
        """Whether hands-free was chosen by a command; None where none has."""
        return self._hands_free.chosen

    # --------------------------------------------------------------------------------------------------------- commands
    def _record(self, _: Call) -> Events:
        if self._take.phase == "playing":
            return self._take.begin(self._ways.target, self._context.text(self._ways.target), self._now_s)
        return self._take.move("record", self._now_s)

    def _hold(self, call: Call) -> Events:
        sender, now_s = sender_of(call), self._now_s
        if not call.switch:
            return self._take.release(sender, now_s)
        return self._take.hold(self._ways.target, self._context.text(self._ways.target), sender, now_s)

    def _listen(self, call: Call) -> Events:
        return self._playback.listen(int(call.values[0]) if call.values else 0, self._context.newest_take)

    def _stop(self, _: Call) -> Events:
        if self._take.phase != "playing":
            yield from self._take.move("stop", self._now_s)
        elif self._playback.under_way:
            yield from self._playback.stop()
        else:
            yield from self._output.release_sound()
            yield Cue("selected")
            yield ShowMessage("What was held is let go: the body plays.")

    def _cancel(self, _: Call) -> Events:
        """Calls off the first of these that there is: the question, the take, the playback, the fit."""
        if self._question:
            self._question = None
            yield Cue("undo")
            yield ShowMessage("All is as it was.")
        elif self._take.phase != "playing":
            yield from self._take.move("cancel", self._now_s)
        elif self._playback.under_way:
            yield from self._playback.stop()
        else:
            yield from self._fit.cancel()

    def _train(self, _: Call) -> Events:
        if self._take.phase == "playing":  # during a take, its sound is held on
            yield from self._output.release_sound()
        yield from self._fit.train()

    def _randomise(self, _: Call) -> Events:
        self._ways.chosen = ""  # what is heard is not what was chosen
        return self._output.randomise()

    def _open(self, call: Call) -> Events:
        on = self._context.closed if call.switch is None else call.switch
        return self._output.set_open(on=on, until=self._context.until)

    def _help(self, _: Call) -> Events:
        self._help_shown = not self._help_shown
        yield ShowHelp(self._help_shown)
        yield Cue("selected")
        yield ShowMessage("Keys are shown." if self._help_shown else "Keys are hidden again.")

    def _quit(self, _: Call) -> Events:
        if self._take.phase != "playing":
            yield from self._take.move("stop", self._now_s)
        yield Quit()
        yield ShowMessage("Ending.")

    # ------------------------------------------------------------------------------------------------------------ parts
    def _advance(self, now_s: float) -> Events:
        """What is due by now, and what a new context led to."""
        self._now_s = max(self._now_s, now_s)
        due, self._pending = self._pending, []
        yield from due
        yield from self._take.advance(self._now_s)
        yield from self._ways.settle()  # before a command that comes at the end of a score
        yield from self._playback.advance(self._now_s)
        if self._question and self._now_s > self._question.until_s:
            self._question = None
            yield ShowMessage("No yes came: all is as it was.")

    def _report(self, now_s: float, events: Iterable[Event]) -> tuple[Event, ...]:
        return self._remember_message([*self._advance(now_s), *events])

    def _remember_message(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The same events and what follows of them; the last sentence among them is the message from now on."""
        result = (*events, *self._ways.settle())
        result += (*self._playback.settle(taking=self._take.phase != "playing"),)
        self._hands_free.settle(result, self._context)
        self._message = next((event for event in reversed(result) if isinstance(event, ShowMessage)), self._message)
        return result
