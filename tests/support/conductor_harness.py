"""A conductor with its worker thread, trainer process and store, whose ticks a test calls; time is passed in.

with ConductorHarness(file) as harness:
    harness.wait_until_playing()
    harness.done("select", 1)
    harness.run_for(0.5, LOW)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import zmq
from numpy.typing import NDArray

from gesturesynth.conductor.command_inputs import CommandInputs
from gesturesynth.conductor.last_known_good import LastKnownGoodCopies
from gesturesynth.conductor.loop import TICK_S, Conductor
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.piece_requests import PieceRequests
from gesturesynth.conductor.preset_events import PresetEvent
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.config.preset import loader
from gesturesynth.control.commands import KEYBOARD, call
from gesturesynth.control.session.context import DEFAULT_CHOICES, Choices, Rules
from gesturesynth.control.session.events import CUES
from gesturesynth.core import paths
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.remote_poses.receiver import PoseReceiver
from gesturesynth.runtime.messages import Body, Pose, Sound
from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.session_state import SessionState
from tests.support.pieces import FREE_THEREMIN
from tests.support.stick_figure import body

THEREMIN = FREE_THEREMIN
UNTAUGHT = """\
name: Bare note
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}
  level: {to: theremin.level, range: [-28, 0], unit: dB}
snapshots:
  1: {pitch: 110, level: -16}
  2: {pitch: 880, level: -6}
instruments:
  theremin: {}
idle: {pitch: 220, level: -28}
"""
"""A preset without examples."""
RULES = Rules(countdown_s=0.5, take_s=1.0, tick_s=0.25, confirm_s=3.0)
DEADLINE_S = 30.0


LOW, MIDDLE, HIGH = body(15.0, 15.0), body(90.0, 90.0), body(160.0, 160.0)


class FakeEngineSocket:
    """In place of the socket to the engine: keeps every message."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []

    def send(self, sound: Sound) -> None:
        """Keeps the message."""
        self.sounds.append(sound)

    def close(self) -> None:
        """Does nothing; the socket has it, too."""


class ConductorHarness:
    """See the head of this file.

    Args:
        first: the file of the preset that plays first.
        rules: of the session.
        seed: of the random numbers.
        choices: what was chosen before.
        gate: opening hours; always open by default.
        receiver: of several trackers; by default there is one, and a test makes its poses.

    Attributes:
        now_s: the time, in ticks of the conductor.
        answers: to each command, by its number: whether it was done, and a sentence.
        preset_events: all events of the preset manager.
    """

    def __init__(
        self,
        first: Path,
        rules: Rules = RULES,
        seed: int = 1,
        choices: Choices = DEFAULT_CHOICES,
        gate: OpeningHoursGate | None = None,
        *,
        receiver: PoseReceiver | None = None,
    ) -> None:
        self.now_s = 1000.0
        self.body: Body | None = MIDDLE
        self.others: tuple[Body, ...] = ()
        self.answers: dict[int, list[tuple[bool, str]]] = {}
        self.preset_events: list[PresetEvent] = []
        self._frames = 0
        self._context: zmq.Context[Any] = zmq.Context()
        self.worker = ThreadPoolExecutor(1, "files")
        library = ExampleLibrary(lambda: datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC))
        self.preset_manager = PresetManager(loader.load(first), self._context, 0.0, self.worker, library.taught)
        self.session_controller = SessionController(
            self.preset_manager,
            library,
            self.worker,
            rules=rules,
            choices=choices,
            gate=gate or OpeningHoursGate(None, 0.0, lambda: datetime.now(tz=UTC)),
            random=np.random.default_rng(seed),
            piece_requests=PieceRequests(lambda: datetime.now(tz=UTC)),
        )
        storage = StateStorage(0.0, None, runtime=paths.runtime_dir() / "conductor", state=paths.state_dir())
        self._engine_socket = FakeEngineSocket()
        self.conductor = Conductor(
            self.preset_manager,
            self.session_controller,
            CommandInputs(self._context, None),
            self._context,
            Service(),
            storage=storage,
            copies=LastKnownGoodCopies(self.worker),
            sounds=cast("Publisher[Sound]", self._engine_socket),  # it has all methods that are used
            receiver=receiver,
        )
        poll = self.preset_manager.poll

        def poll_and_keep(now_s: float) -> PresetEvent | None:
            event = poll(now_s)
            if event:
                self.preset_events.append(event)
            return event

        self.preset_manager.poll = poll_and_keep  # type: ignore[method-assign]  # it does the same

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends it as the process would."""
        if not self._context.closed:
            self.conductor.close()
            self._context.destroy(linger=0)

    # ------------------------------------------------------------------------------------------------------------- time
    def tick(self) -> None:
        """One tick of the conductor; every other tick has a new frame."""
        self.now_s += TICK_S
        self._frames += 1
        frame = None
        if self._frames % 2:
            bodies = (*((self.body,) if self.body else ()), *self.others)
            frame = Pose(self.now_s, self._frames, 640, 480, bodies)
        self.conductor.tick(frame, self.now_s)

    def run_for(self, seconds: float, what: Body | None = None) -> None:
        """Ticks for so long; the person keeps the pose, or takes the given one."""
        self.body = what or self.body
        for _ in range(round(seconds / TICK_S)):
            self.tick()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Ticks until the condition holds; for what threads and processes do."""
        end_s = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < end_s, f"waited for {what}; {self.state}; {self.preset_events[-3:]}"
            self.tick()
            time.sleep(TICK_S / 4)

    def wait_until_playing(self) -> None:
        """Ticks until there is a model, and a person in view."""
        self.until(lambda: bool(self.preset_manager.model), "a model")
        self.wait_until_idle()
        self.run_for(2.0)

    def wait_until_idle(self) -> None:
        """Ticks until worker and trainer have nothing to do, and every command has an answer."""
        quiet_since_s = self.now_s

        def settled() -> bool:
            nonlocal quiet_since_s
            preset_manager = self.preset_manager
            busy = (
                preset_manager.training
                or preset_manager.reading
                or self.state.training
                or not self.session_controller._jobs.idle
            )
            if busy or self.unanswered():
                quiet_since_s = self.now_s
            return self.now_s - quiet_since_s > 5 * TICK_S

        self.until(settled, "everything to be done")

    # --------------------------------------------------------------------------------------------------------- commands
    def submit(self, name: str, *values: object, by: str = KEYBOARD) -> int:
        """Submits a command; the number of its answer."""
        number = len(self.answers)
        replies: list[tuple[bool, str]] = []
        self.answers[number] = replies
        self.session_controller.submit(
            call(name, values, by), self.now_s, lambda ok, words: replies.append((ok, words))
        )
        return number

    def unanswered(self) -> list[int]:
        """The numbers of commands without an answer."""
        return [number for number, replies in self.answers.items() if not replies]

    def done(self, name: str, *values: object) -> str:
        """Submits a command and waits for its only answer, which must be that it was done; the sentence."""
        ok, text = self.answer(self.submit(name, *values))
        assert ok, text
        return text

    def refused(self, name: str, *values: object) -> str:
        """Submits a command and waits for its only answer, which must be a refusal; the sentence."""
        ok, text = self.answer(self.submit(name, *values))
        assert not ok, text
        return text

    def answer(self, number: int) -> tuple[bool, str]:
        """Waits for the only answer to a command."""
        self.until(lambda: bool(self.answers[number]), "an answer")
        (only,) = self.answers[number]
        return only

    def take(self, what: Body) -> None:
        """Records a take for the selected target in this pose, and waits until it is saved."""
        before = self.cue("saved")
        self.done("record")
        self.run_for(RULES.countdown_s + RULES.take_s + 2 * TICK_S, what)
        self.until(lambda: self.cue("saved") > before, "a take to be saved")

    def train(self) -> None:
        """Trains, and waits for the end of it."""
        self.done("train")
        self.wait_until_idle()

    # ----------------------------------------------------------------------------------------------------------- values
    @property
    def state(self) -> SessionState:
        """The state of the session, as its status has it."""
        return self.session_controller.state

    @property
    def sounds(self) -> list[Sound]:
        """All messages to the engine."""
        return self._engine_socket.sounds

    @property
    def values(self) -> dict[str, float]:
        """The newest value of each output, by its name."""
        names = (output.name for output in self.preset_manager.piece.preset.outputs)
        return dict(zip(names, self.sounds[-1].values, strict=True))

    def positions(self, since: int = 0) -> NDArray[np.float64]:
        """Places of all outputs, 0..1, at each step from the given one, (n, m); all of the preset that plays."""
        outputs = self.preset_manager.piece.preset.mapping_outputs()
        rows = [
            [output.position(value) for output, value in zip(outputs, sound.values, strict=True)]
            for sound in self.sounds[since:]
        ]
        return np.array(rows)

    def cue(self, name: str) -> int:
        """How often a short sound was asked for."""
        return self.sounds[-1].cue_counts[CUES.index(name)]

    def stored(self) -> ExampleStore:
        """The examples of the preset that plays, opened as another program would; to be closed."""
        return ExampleStore.open(store_path(self.preset_manager.piece.preset.key), datetime(2026, 3, 1, tzinfo=UTC))


def own_preset(name: str, text: str) -> Path:
    """Writes a preset into the folder of presets, without factory examples; its file."""
    file = paths.config_dir() / "presets" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
