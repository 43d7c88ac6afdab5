"""The training, by the table `TRAINING`: one fit at a time, and a `train` that comes during one is remembered once."""

from __future__ import annotations

from collections.abc import Iterator

from gesturesynth.control.session.events import CancelFit, Cue, Event, ShowMessage, StartFit
from gesturesynth.control.session.transitions import TRAINING, FitCause, Training


class Fit:
    """The requests to the trainer, and what it is known to do.

    Attributes:
        training: see `TRAINING`.
    """

    def __init__(self) -> None:
        self.training: Training = "idle"

    @property
    def under_way(self) -> bool:
        """Whether `fit_ended` is due."""
        return self.training != "idle"

    @property
    def again(self) -> bool:
        """Whether another fit follows this one."""
        return self.training in ("again", "afresh")

    def move(self, cause: FitCause) -> Iterator[Event]:
        """One line of the table. Raises KeyError for one that is not in it."""
        self.training, request = TRAINING[self.training, cause]
        if request == "start":
            yield StartFit()
        elif request == "end":
            yield CancelFit()

    def train(self) -> Iterator[Event]:
        """The command."""
        before = self.training
        yield from self.move("train")
        yield Cue("selected")
        if before == "idle":
            yield ShowMessage("Training; what plays plays on.")
        elif before == self.training:
            yield ShowMessage("Training again after this one is remembered already.")
        else:
            yield ShowMessage("Training; and once more after this one.")

    def cancel(self) -> Iterator[Event]:
        """The command; only while a fit is under way."""
        yield from self.move("cancel")
        yield Cue("undo")
        yield ShowMessage("Training is being called off.")

    def ended(self, *, ok: bool, text: str) -> Iterator[Event]:
        """The report. The next fit, if there is one, begins after the message on how this one ended."""
        called_off = self.training in ("ending", "afresh")
        more = " Training again, as asked." if self.again else ""
        if ok:  # it may have been ready before it could be called off
            yield Cue("trained")
            yield ShowMessage((f"Trained: {text.rstrip('.')}." if text else "Trained; it plays.") + more)
        elif called_off:
            yield Cue("undo")
            yield ShowMessage("Training was called off; what was there before plays on." + more)
        else:
            yield Cue("error")
            yield ShowMessage((text or "Training failed; what was there before plays on.") + more, failed=True)
        yield from self.move("ended")
