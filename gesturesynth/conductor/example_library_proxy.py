"""What was taught for the preset that plays, as the conductor's loop sees it; the worker does all that is done."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from gesturesynth.conductor.background_jobs import Events, JobQueue, Requester
from gesturesynth.config.preset.model import Preset
from gesturesynth.control.commands import SNAPSHOTS
from gesturesynth.control.session import events as s
from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.example_library import ExampleLibrary, LibrarySummary

T = TypeVar("T")

LOOK_S: Final = 1.0
"""How often it is asked whether another program has changed what was taught."""


def _retrains(what: Callable[[ExampleStore], str]) -> Callable[[ExampleStore], str]:
    """The same, and a word where only training lets it be heard: snapshots are heard at once, takes are learnt from."""

    def done(store: ExampleStore) -> str:
        before = store.takes()
        text = what(store)
        return f"{text[0].upper()}{text[1:]}.{TRAIN if store.takes() != before else ''}" if text else ""

    return done


TRAIN: Final = " Train to hear it."
CHANGES: Final[dict[type[s.Event], tuple[Callable[[ExampleStore], str], str]]] = {
    s.Undo: (_retrains(ExampleStore.undo), "There is nothing to undo."),
    s.Redo: (_retrains(ExampleStore.redo), "There is nothing to do again."),
    s.DeleteLast: (_retrains(ExampleStore.delete_last), "There is no take to delete."),
    s.ClearTakes: (_retrains(ExampleStore.clear), "There are no takes to clear."),
}
"""What is done to the examples, with a sentence about it, and what is said when there was nothing to do."""


class ExampleLibraryProxy:
    """Takes and sounds of one preset after the other.

    Args:
        preset: what plays.
        library: used in the worker only.
        errands: the worker's.
        changed: called when there is something else in `view`.
        trouble: makes facts of a sentence about something that is wrong.

    Attributes:
        view: what there is, as far as it is known.
    """

    def __init__(
        self,
        preset: Preset,
        library: ExampleLibrary,
        jobs: JobQueue,
        changed: Callable[[], None],
        trouble: Callable[[str, float], Events],
    ) -> None:
        self.summary = LibrarySummary.of(preset)
        self._library = library
        self._jobs = jobs
        self._changed = changed
        self._trouble = trouble
        self._of = preset
        self._whole = True  # the next look is to see all, changed or not
        self._look_s = -math.inf
        self._lost = ""  # why there is no view, as it was said

    def switch_preset(self, preset: Preset) -> None:
        """Something else plays: another preset, or another version of it."""
        if preset.key != self._of.key:
            self.summary = LibrarySummary.of(preset)  # until the worker has looked
        self._of = preset
        self._whole, self._look_s = True, -math.inf
        self._changed()

    def refresh(self, now_s: float) -> None:
        """Has the worker look, from time to time, at what there is; it may be another program's doing."""
        if now_s < self._look_s or not self._jobs.idle:
            return
        self._look_s = now_s + LOOK_S
        of, look = self._of, self._library.summary if self._whole else self._library.summary_if_changed
        self._whole = False

        def fail(why: str, now_s: float) -> Events:
            lost, self._lost = self._lost, why
            return self._trouble(why, now_s) if why != lost else ()

        self._jobs.submit(lambda: look(of), lambda view, now_s: self._set_summary(of, view, now_s), fail)

    def change(
        self,
        what: Callable[[ExampleStore], T],
        report: Callable[[T, float], Events],
        fail: Callable[[str, float], Events],
        requester: Requester | None = None,
    ) -> None:
        """Has something done to the examples; `view` knows of it when it is reported."""
        of = self._of

        def and_view(outcome: tuple[T, LibrarySummary], now_s: float) -> Events:
            return (*self._set_summary(of, outcome[1], now_s), *report(outcome[0], now_s))

        self._jobs.submit(lambda: self._library.change(of, what), and_view, fail, requester)

    def save(self, number: int, values: Mapping[str, float]) -> Callable[[ExampleStore], int]:
        """A change that keeps a sound under a number that nothing else has, this one or the first that is free.

        It gives the number; UserError when none is free.
        """
        own = self._of.snapshots.keys()

        def save(store: ExampleStore) -> int:
            taken = own | store.snapshots().keys()
            free = [other for other in (number, *map(int, SNAPSHOTS)) if other not in taken]
            if not free:
                raise UserError("All nine snapshots are in use.")
            store.save_snapshot(free[0], values)
            return free[0]

        return save

    def _set_summary(self, of: Preset, view: LibrarySummary | None, now_s: float) -> Events:
        """What there is now, unless something else plays by now; None: as before."""
        self._lost = ""
        if view is None or of is not self._of:
            return ()
        noted, told, self.summary = self.summary.note, self.summary.read_only, view
        self._changed()
        if view.read_only not in ("", told):
            log.get().warning(f"What was taught plays, and nothing can be added to it: {view.read_only}")
        return self._trouble(view.note, now_s) if view.note not in ("", noted) else ()
