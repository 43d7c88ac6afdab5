"""Judging: evaluations, in a process of their own, and advice, by the worker thread. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.conductor.movement_memory import MovementMemory
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.control.session.machine import Session
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.mapping.learning.evaluation import EvaluationJob
from gesturesynth.pipeline.advice import make_advice, movement_features
from gesturesynth.pipeline.evaluation_job import evaluation_job
from gesturesynth.pipeline.example_library import ExampleLibrary
from gesturesynth.pipeline.trainer import Evaluated, Failed
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.reports import Advice, Evaluation

if TYPE_CHECKING:
    from gesturesynth.pipeline.training_client import TrainingJob

MOST_WAITING: Final = 32
"""Senders that are told how one evaluation has ended; a person is one or two."""
NO_TAKES: Final = "There are no takes yet: record three of each snapshot or class, and then evaluate."
CALLED_OFF: Final = "Another preset plays: the evaluation was called off."


class Judging:
    """Evaluates what was taught for the preset that plays, and advises what to record next.

    Args:
        session: gets the results.
        preset_manager: gives the preset, its model, and the process.
        library: used in the worker only.
        jobs: the queue of the worker.

    Attributes:
        evaluation: the newest of the preset that plays; None before the first.
        advice: likewise.
    """

    def __init__(
        self, session: Session, preset_manager: PresetManager, library: ExampleLibrary, jobs: JobQueue
    ) -> None:
        self.evaluation: Evaluation | None = None
        self.advice: Advice | None = None
        self._session = session
        self._preset_manager = preset_manager
        self._library = library
        self._jobs = jobs
        self._memory = MovementMemory()
        self._key = preset_manager.piece.preset.key
        self._preparing = False
        self._job: TrainingJob | None = None
        self._waiting: list[Requester] = []

    @property
    def evaluating(self) -> bool:
        """Whether an evaluation is under way."""
        return self._preparing or self._job is not None

    def add_pose(self, pose: Pose) -> None:
        """Remembers a pose, if it is due."""
        self._memory.add(pose)

    def evaluate(self, requester: Requester | None) -> None:
        """Begins an evaluation; `requester` is answered when it has begun, and told when it has ended."""
        if self.evaluating:
            self._wait(requester)
            text = "An evaluation is under way already."
            self._jobs.submit(
                lambda: text, lambda text, now_s: self._session.done(text, now_s, "selected"), requester=requester
            )
            return
        self._preparing = True
        preset, poses, key = self._preset_manager.piece.preset, self._memory.poses(), self._key

        def prepare() -> EvaluationJob:
            own = self._library.examples(preset)
            if own is None:
                raise UserError(NO_TAKES)
            return evaluation_job(
                preset, own, self._library.targets(preset), movement=movement_features(preset, poses)[0]
            )

        def begin(job: EvaluationJob, now_s: float) -> Events:
            self._preparing = False
            if key != self._key:
                return self._session.failed(CALLED_OFF, now_s)
            try:
                self._job = self._preset_manager.begin_evaluation(job)
            except GestureSynthError as error:
                return fail(str(error), now_s)
            self._wait(requester)
            return self._session.done("Evaluating; what plays plays on.", now_s, "selected")

        def fail(reason: str, now_s: float) -> Events:
            self._preparing = False
            self._told()(False, reason)
            return self._session.failed(reason, now_s)

        self._jobs.submit(prepare, begin, fail, requester)

    def advise(self, requester: Requester | None, now_s: float) -> None:
        """Has the worker look for what to record next; its sentence is the answer."""
        piece, poses, key = self._preset_manager.piece, self._memory.poses(), self._key
        preset, model = piece.preset, piece.model

        def report(advice: Advice, now_s: float) -> Events:
            if key == self._key:
                self.advice = advice
            return self._session.done(advice.text, now_s, "selected")

        self._jobs.submit(lambda: make_advice(preset, model, poses, now_s), report, requester=requester)

    def poll(self, now_s: float) -> tuple[Events, Requester] | None:
        """The events of an evaluation that has ended since, with those who wait for it; to be called at every tick."""
        if self._preset_manager.piece.preset.key != self._key:
            return self._switch_preset(now_s)
        if self._job is None:
            return None
        answer = self._job.poll()
        if isinstance(answer, Failed):
            self._job = None
            return self._session.failed(f"The evaluation has failed: {answer.why}", now_s), self._end()
        if isinstance(answer, Evaluated):
            self._job, self.evaluation = None, answer.evaluation
            return self._session.done(answer.evaluation.summary, now_s, "selected"), self._end()
        return None

    def close(self) -> None:
        """Ends an evaluation that is under way."""
        if self._job:
            self._job.cancel()
        self._job = None

    def _switch_preset(self, now_s: float) -> tuple[Events, Requester] | None:
        self._key = self._preset_manager.piece.preset.key
        self.evaluation = self.advice = None
        if self._job is None:
            return None
        self.close()
        return self._session.failed(CALLED_OFF, now_s), self._end()

    def _wait(self, requester: Requester | None) -> None:
        if requester and len(self._waiting) < MOST_WAITING:
            self._waiting.append(requester)

    def _end(self) -> Requester:
        """All that wait, as one requester that is told how it ended."""
        sender = self._waiting[0].sender if self._waiting else ""
        return Requester(sender, self._told())

    def _told(self) -> Callable[[bool, str], None]:
        waiting, self._waiting = self._waiting, []

        def tell(ok: bool, text: str) -> None:  # noqa: FBT001 - a ReplyCallback
            for one in waiting:
                one.outcome(ok, text)

        return tell
