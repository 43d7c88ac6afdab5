"""A classroom: a conductor with all that is behind it (worker, trainer, store), stepped by hand; time is passed in.

with Classroom(file) as room:
    room.playing()
    room.done("select", 1)
    room.pass_s(0.5, LOW)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import zmq
from numpy.typing import NDArray

from gesturesynth.conductor.command_inputs import CommandInputs
from gesturesynth.conductor.last_known_good import LastKnownGoodCopies
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.preset_manager import PresetEvent, PresetManager
from gesturesynth.conductor.process import TICK_S, Conductor
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.conductor.state_storage import StateStorage
from gesturesynth.config.preset import loader
from gesturesynth.control.commands import KEYBOARD, call
from gesturesynth.control.session.events import CUES, DEFAULT_CHOICES, Choices, Rules
from gesturesynth.core import paths
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.runtime.messages import Body, Pose, SessionState, Sound
from gesturesynth.runtime.service import Service
from tests.support.stick_figure import pose as figure

RULES = Rules(countdown_s=0.5, take_s=1.0, tick_s=0.25, confirm_s=3.0)
DEADLINE_S = 30.0


def body(right_deg: float, left_deg: float) -> Body:
    """Somebody with arms raised so far: 0 hang, 90 level, 180 up."""
    image = figure(right_arm=(right_deg, 175.0), left_arm=(left_deg, 175.0))
    return Body.from_arrays(image, np.zeros((33, 3), np.float32))


LOW, MIDDLE, HIGH = body(15.0, 15.0), body(90.0, 90.0), body(160.0, 160.0)


class Heard:
    """In the place of the socket to the engine: all that it would be told."""

    def __init__(self) -> None:
        self.sounds: list[Sound] = []

    def send(self, sound: Sound) -> None:
        """Keeps it."""
        self.sounds.append(sound)

    def close(self) -> None:
        """As that of the socket."""


class Classroom:
    """See the head of this file.

    Args:
        first: the file of the preset that plays first.
        choices: what was chosen before.
        doors: opening hours; always open by default.

    Attributes:
        now_s: the time, in steps of the conductor.
        answers: to each command asked here, by its number: whether it was done, and a sentence.
        news: all that the repertoire has said.
    """

    def __init__(
        self,
        first: Path,
        rules: Rules = RULES,
        seed: int = 1,
        choices: Choices = DEFAULT_CHOICES,
        doors: OpeningHoursGate | None = None,
    ) -> None:
        self.now_s = 1000.0
        self.body: Body | None = MIDDLE
        self.answers: dict[int, list[tuple[bool, str]]] = {}
        self.news: list[PresetEvent] = []
        self._frames = 0
        self._context: zmq.Context[Any] = zmq.Context()
        self.worker = ThreadPoolExecutor(1, "files")
        library = ExampleLibrary(lambda: datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC))
        self.repertoire = PresetManager(loader.load(first), self._context, 0.0, self.worker, library.examples)
        self.teaching = SessionController(
            self.repertoire,
            library,
            self.worker,
            rules=rules,
            choices=choices,
            gate=doors or OpeningHoursGate(None, 0.0, lambda: datetime.now(tz=UTC)),
            random=np.random.default_rng(seed),
        )
        memory = StateStorage(0.0, None, runtime=paths.runtime_dir() / "conductor", state=paths.state_dir())
        self._heard = Heard()
        self.conductor = Conductor(
            self.repertoire,
            self.teaching,
            CommandInputs(self._context, None),
            self._context,
            Service(),
            storage=memory,
            copies=LastKnownGoodCopies(self.worker),
        )
        self.conductor._sounds.close()
        self.conductor._sounds = self._heard  # type: ignore[assignment]  # it has all of it that is used
        poll = self.repertoire.poll

        def listening(now_s: float) -> PresetEvent | None:
            event = poll(now_s)
            if event:
                self.news.append(event)
            return event

        self.repertoire.poll = listening  # type: ignore[method-assign]  # the same, and remembered

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
    def step(self) -> None:
        """One step of the conductor; every other one has a new frame."""
        self.now_s += TICK_S
        self._frames += 1
        frame = None
        if self._frames % 2:
            bodies = (self.body,) if self.body else ()
            frame = Pose(self.now_s, self._frames, 640, 480, bodies)
        self.conductor._step(frame, self.now_s)

    def pass_s(self, seconds: float, what: Body | None = None) -> None:
        """Lets time pass; somebody stands there as before, or from now on so."""
        self.body = what or self.body
        for _ in range(round(seconds / TICK_S)):
            self.step()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Steps until it is so; for what threads and processes do."""
        end_s = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < end_s, f"waited for {what}; {self.state}; {self.news[-3:]}"
            self.step()
            time.sleep(TICK_S / 4)

    def playing(self) -> None:
        """Waits for a model, and for somebody to be there."""
        self.until(lambda: bool(self.repertoire.model), "a model")
        self.settle()
        self.pass_s(2.0)

    def settle(self) -> None:
        """Waits until nothing is under way in worker or trainer, and every command has an answer."""
        quiet_since_s = self.now_s

        def settled() -> bool:
            nonlocal quiet_since_s
            preset_manager = self.repertoire
            busy = (
                preset_manager.training
                or preset_manager._reading
                or self.state.training
                or not self.teaching._jobs.idle
            )
            if busy or self.owed():
                quiet_since_s = self.now_s
            return self.now_s - quiet_since_s > 5 * TICK_S

        self.until(settled, "everything to be done")

    # --------------------------------------------------------------------------------------------------------- commands
    def ask(self, name: str, *values: object, by: str = KEYBOARD) -> int:
        """Gives a command; the number of its answer."""
        number = len(self.answers)
        replies: list[tuple[bool, str]] = []
        self.answers[number] = replies
        self.teaching.submit(call(name, values, by), self.now_s, lambda ok, words: replies.append((ok, words)))
        return number

    def owed(self) -> list[int]:
        """The commands without an answer."""
        return [number for number, replies in self.answers.items() if not replies]

    def done(self, name: str, *values: object) -> str:
        """Gives a command, waits for its one answer, that it was done; its sentence."""
        ok, text = self.answer(self.ask(name, *values))
        assert ok, text
        return text

    def refused(self, name: str, *values: object) -> str:
        """Gives a command, waits for its one answer, that it was not done; its sentence."""
        ok, text = self.answer(self.ask(name, *values))
        assert not ok, text
        return text

    def answer(self, number: int) -> tuple[bool, str]:
        """Waits for the only answer to a command."""
        self.until(lambda: bool(self.answers[number]), "an answer")
        (only,) = self.answers[number]
        return only

    def take(self, what: Body) -> None:
        """Somebody records a take for what is selected, in this pose, and it is confirmed."""
        before = self.cue("saved")
        self.done("record")
        self.pass_s(RULES.countdown_s + RULES.take_s + 2 * TICK_S, what)
        self.until(lambda: self.cue("saved") > before, "a take to be saved")

    def train(self) -> None:
        """Somebody trains, and it is over."""
        self.done("train")
        self.settle()

    # ------------------------------------------------------------------------------------------------------- what is so
    @property
    def state(self) -> SessionState:
        """What people see of the session."""
        return self.teaching.state

    @property
    def sounds(self) -> list[Sound]:
        """All that the engine would have heard."""
        return self._heard.sounds

    @property
    def values(self) -> dict[str, float]:
        """What sounds now, by output."""
        names = (output.name for output in self.repertoire.piece.preset.outputs)
        return dict(zip(names, self.sounds[-1].values, strict=True))

    def positions(self, since: int = 0) -> NDArray[np.float64]:
        """Places of all outputs, 0..1, at each step from the given one, (n, m); all of the preset that plays."""
        outputs = self.repertoire.piece.preset.mapping_outputs()
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
        return ExampleStore.open(store_path(self.repertoire.piece.preset.key), datetime(2026, 3, 1, tzinfo=UTC))


def own_preset(name: str, text: str) -> Path:
    """A preset of one's own, without factory examples."""
    file = paths.config_dir() / "presets" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
