"""Wekinator's control messages, carried out: commands for the session, one after the other, as their answers come.

A message is never answered, as Wekinator answers none; what it leads to is in the log, and in the state as of any
command. What it cannot do is a sentence in the log.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gesturesynth.conductor.log_line_limit import LogLineLimit
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.wekinator_files import WekinatorFiles
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.commands import OSC, CommandError, call
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.sender import OscTarget
from gesturesynth.control.osc.wekinator_addresses import (
    ADDRESSES,
    DONE_TRAINING,
    GESTURE,
    INPUT,
    PieceNames,
    Step,
    WekinatorMessage,
    steps_of,
)
from gesturesynth.core import log
from gesturesynth.mapping.class_gate import NONE

SENDER: Final = f"{OSC}Wekinator"
"""`Call.sender` of all of them: one program may begin a take, and another end it."""
STEPS_AT_ONCE: Final = 8
"""Carried out between two ticks, at most; what is left waits for the next."""
MOST_MESSAGES: Final = 2048
"""That wait; what is beyond is refused."""
LATE_S: Final = 0.1
"""Inputs that came before the end of a take are there after this, and a take that is held so much longer is kept."""
_ENDS: Final = frozenset({"stopRecording", "stopDtwRecording"})
_COMMANDS: Final = {"deleteAllExamples": "clear"}
ARMED: Final = frozenset({"clear", "delete-output"})
"""Commands that ask first. Wekinator does not ask, and neither do its messages; `undo` brings back what they delete."""


class WekinatorControl:
    """Carries messages out.

    Args:
        controller: of the session.
        preset_manager: has the preset that plays.

    Attributes:
        running: whether outputs are sent to the program that gets them.
        performing: whether messages change nothing that was taught.
    """

    def __init__(self, controller: SessionController, preset_manager: PresetManager) -> None:
        self.running = True
        self.performing = False
        self._files, self._project = WekinatorFiles(), ""  # the preset that is to play when it is there
        self._file_message: WekinatorMessage | None = None
        self._controller = controller
        self._preset_manager = preset_manager
        self._messages: deque[WekinatorMessage] = deque()
        self._steps: deque[tuple[Step, WekinatorMessage]] = deque()  # of the message that is being carried out
        self._waiting = False
        self._changes_preset = False  # a message has asked for another one, which neither plays yet nor was refused
        self._begun_s: float | None = None  # when the take began that a message has begun
        self._path: Path | None = None
        self._log = log.get()
        self._limit = LogLineLimit()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def advance(self, messages: Iterable[WekinatorMessage], now_s: float) -> None:
        """Carries out what has arrived, as far as there is time, and what waited for an answer.

        Args:
            messages: that have arrived since the last call.
            now_s: monotonic seconds.
        """
        self._follow_preset(now_s)
        if self._controller.state.phase != "recording":
            self._begun_s = None
        for message in messages:
            if len(self._messages) < MOST_MESSAGES:
                self._messages.append(message)
            else:
                self._refuse(message, "too many messages wait already", now_s)
        self._collect_file(now_s)
        left = STEPS_AT_ONCE
        while left and not self._held_up and self._has_steps(now_s):
            (name, values), message = self._steps[0]
            if name in _ENDS and self._too_early(message, now_s):
                return
            self._steps.popleft()
            if name == "set-outputs" and self._records:
                self._change_take(str(values[0]), message, now_s)  # cheap: there may be one before each input
            else:
                left -= 1
                self._carry_out(name, values, message, now_s)

    def send_gestures(self, names: Iterable[str]) -> None:
        """Tells the program that gets the outputs which gestures were performed: `/output_1` for the first, and so on.

        Args:
            names: of the preset that plays.
        """
        performed = tuple(names)
        if not performed:
            return
        preset = self._preset_manager.piece.preset
        gestures = _names(preset).gestures
        for name in performed:
            if self.running and preset.wekinator and name in gestures:
                self._send(f"{GESTURE}{gestures.index(name) + 1}", preset.wekinator)

    def close(self) -> None:
        """Closes the socket."""
        self._files.close()
        self._socket.close()

    def _follow_preset(self, now_s: float) -> None:
        """Another preset sends its outputs. What was meant for the former one is not done to it."""
        path, former = self._preset_manager.piece.preset.path, self._path
        if path == former:
            self._changes_preset &= self._waiting or self._preset_manager.changing
            return
        self._path, self.running = path, True
        asked, self._changes_preset = self._changes_preset, False
        if former is not None and not asked:
            for message in (*(message for _, message in self._steps), *self._messages):
                self._refuse(message, "another preset was chosen before it was carried out", now_s)
            self._steps.clear()
            self._messages.clear()

    @property
    def _held_up(self) -> bool:
        """Whether what comes next has to wait: for an answer, a file, or the preset that a message asks for."""
        return self._waiting or self._files.busy or (self._changes_preset and self._preset_manager.changing)

    def _has_steps(self, now_s: float) -> bool:
        """Whether there is something to do; what a message stands for depends on all that came before it."""
        while self._messages and not self._steps:
            message = self._messages.popleft()
            known = ADDRESSES.get(message.address)
            if self.performing and known and known.teaches:
                self._refuse(message, "this is performance mode, in which nothing that was taught changes", now_s)
                continue
            steps = steps_of(message, _names(self._preset_manager.piece.in_scene))
            if isinstance(steps, str):
                self._refuse(message, steps, now_s)
            else:
                self._steps.extend((step, message) for step in steps)
        return bool(self._steps)

    def _carry_out(self, name: str, values: tuple[object, ...], message: WekinatorMessage, now_s: float) -> None:
        match name:
            case "startRecording":
                self._start_recording(message, now_s)
            case "stopRecording" | "stopDtwRecording":
                self._begun_s = None
                self._submit("hold", (False,), message, now_s)
            case "cancelTrain":
                self._cancel_training(message, now_s)
            case "startRunning":
                self.running = True
                state = self._controller.state
                if state.held and state.phase == "playing" and not state.played_take:
                    self._submit("stop", (), message, now_s)
            case "stopRunning":
                self.running = False
            case "enablePerformanceMode" | "disablePerformanceMode":
                self.performing = name.startswith("enable")
            case "saveModelToFile" | "runNewProject":
                self._begin_file(name, str(values[0]), message)
            case "hold":
                self._begin_take(message, now_s)
            case _:
                self._submit(_COMMANDS.get(name, name), values, message, now_s)

    def _submit(self, name: str, values: tuple[object, ...], message: WekinatorMessage, now_s: float) -> None:
        try:
            command = call(name, values, SENDER)
        except CommandError as error:
            self._refuse(message, str(error), now_s)
            return
        asked = self._controller.state.asking
        self._waiting = True
        self._changes_preset |= name == "preset"
        self._controller.submit(command, now_s, self._answered, self._trained if name == "train" else self._ended)
        if name in ARMED and self._controller.state.asking not in ("", asked):
            self._waiting = True
            self._controller.submit(command, now_s, self._answered)

    def _start_recording(self, message: WekinatorMessage, now_s: float) -> None:
        state, learned = self._controller.state, self._preset_manager.piece.in_scene.learned_outputs
        if state.phase == "playing" and not state.target and learned:
            self._submit("set-outputs", (" ".join("-" * len(learned)),), message, now_s)
        self._begin_take(message, now_s)

    def _begin_take(self, message: WekinatorMessage, now_s: float) -> None:
        """A take begins when its message came, which may be before inputs that came at the same time."""
        before = self._controller.state.phase
        self._submit("hold", (True,), message, now_s)
        if before == "playing" and self._controller.state.phase == "recording":
            self._begun_s = now_s
            if message.time_s is not None:
                self._controller.ways.backdate_take(message.time_s)

    @property
    def _records(self) -> bool:
        """Whether a take goes on that a message has begun."""
        return self._begun_s is not None and self._controller.state.phase == "recording"

    def _too_early(self, message: WekinatorMessage, now_s: float) -> bool:
        """Whether the end of a take has to wait: for inputs that came before it, and where it would be too short."""
        if not self._records or self._begun_s is None:
            return False
        end_s = now_s if message.time_s is None else min(message.time_s, now_s)
        if message.time_s is not None:
            self._controller.ways.cut_take(end_s)
        return now_s < max(self._begun_s + self._controller.hold_least_s + LATE_S, end_s + LATE_S)

    def _change_take(self, text: str, message: WekinatorMessage, now_s: float) -> None:
        """The values of outputs change while a take is recorded: it is for the new ones from then on."""
        learned = self._preset_manager.piece.in_scene.learned_outputs
        values = {output.name: float(value) for output, value in zip(learned, text.split(), strict=True)}
        self._controller.ways.change_values(values, now_s if message.time_s is None else min(message.time_s, now_s))

    def _cancel_training(self, message: WekinatorMessage, now_s: float) -> None:
        state = self._controller.state
        if state.training and state.phase == "playing" and not (state.asking or state.played_take):
            self._submit("cancel", (), message, now_s)
        else:
            self._refuse(message, "no training is under way that it could call off", now_s)

    def _begin_file(self, name: str, key: str, message: WekinatorMessage) -> None:
        preset, self._file_message = self._preset_manager.piece.preset, message
        if name == "saveModelToFile":
            self._files.save(preset, key)
        else:
            self._project = key
            self._files.provide(preset, key)

    def _collect_file(self, now_s: float) -> None:
        """Says what became of a message about a file, and plays the preset that it asks for."""
        result, message = self._files.take_result(), self._file_message
        if result is None or message is None:
            return
        project, self._project = self._project, ""
        done, text = result
        if not done:
            self._refuse(message, text, now_s)
            return
        self._log.info("message carried out", message=f"{message.address}: {text}", by=message.sender)
        if project:
            self._submit("preset", (project,), message, now_s)

    def _answered(self, ok: bool, _text: str) -> None:  # noqa: FBT001 - a ReplyCallback
        self._waiting = False
        if not ok and self._steps and self._steps[0][0][0] == "keep":  # what could not be changed is not kept
            self._steps.popleft()

    def _ended(self, _ok: bool, _text: str) -> None:  # noqa: FBT001 - a ReplyCallback
        """A take has ended; the log says how."""

    def _trained(self, ok: bool, _text: str) -> None:  # noqa: FBT001 - a ReplyCallback
        target = self._preset_manager.piece.preset.wekinator
        if ok and target:
            self._send(DONE_TRAINING, target)

    def _send(self, address: str, target: OscTarget) -> None:
        try:
            self._socket.sendto(encode(address), target.receiver)
        except OSError as error:
            self._log.warning("OSC output lost", reason=f"{address} was not sent: {error.strerror}")

    def _refuse(self, message: WekinatorMessage, sentence: str, now_s: float) -> None:
        if self._limit.allows(SENDER, now_s):
            text = f"{message.address}: {sentence[0].lower()}{sentence[1:]}"
            self._log.warning("message refused", message=text, by=message.sender)


def _names(preset: Preset) -> PieceNames:
    return PieceNames(
        tuple(output.name for output in preset.outputs),
        tuple(output.name for output in preset.learned_outputs),
        tuple(name for name in preset.gestures if name != NONE),
        next((one.count for one in preset.inputs if one.name == INPUT), 0),
    )
