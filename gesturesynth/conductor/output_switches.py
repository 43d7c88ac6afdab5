"""Commands about single outputs, carried out: masks are stored, and the examples of an output are deleted."""

from __future__ import annotations

from collections.abc import Callable

from gesturesynth.conductor.background_jobs import Events, Requester
from gesturesynth.conductor.example_changes import TRAIN_HINT, with_train_hint
from gesturesynth.conductor.example_library_proxy import ExampleLibraryProxy
from gesturesynth.conductor.preset_manager import PresetManager
from gesturesynth.control.session import events as s
from gesturesynth.control.session.machine import Session
from gesturesynth.control.session.outputs import switched_text
from gesturesynth.mapping.examples.store import ExampleStore


class OutputSwitches:
    """Switches outputs on and off, and deletes their examples.

    Args:
        session: gets the results.
        examples: stores masks, with the takes of the preset.
        preset_manager: has the model that an output keeps.
    """

    def __init__(self, session: Session, examples: ExampleLibraryProxy, preset_manager: PresetManager) -> None:
        self._session = session
        self._examples = examples
        self._preset_manager = preset_manager
        self._being_kept: set[str] = set()  # until it is stored

    def apply(self) -> None:
        """Applies the masks to what plays."""
        masks = self._examples.summary.masks
        self._preset_manager.piece.idle_outputs = masks.run
        self._preset_manager.kept_outputs = frozenset(masks.train) | self._being_kept

    def switch(self, event: s.SwitchOutput, requester: Requester | None) -> None:
        """Has a mask stored; it is applied when it is."""
        takes = self._preset_manager.model_takes.get(event.output, frozenset())
        if event.mask == "train" and not event.on:
            self._being_kept.add(event.output)  # a fit that ends before it is stored must not replace it

        def report(_: None, now_s: float) -> Events:
            self._being_kept.discard(event.output)
            return self._session.done(switched_text(event), now_s, "selected")

        def fail(reason: str, now_s: float) -> Events:
            self._being_kept.discard(event.output)
            return self._session.failed(reason, now_s)

        self._examples.change(
            lambda store: store.set_mask(event.mask, event.output, on=event.on, takes=takes), report, fail, requester
        )
        self.apply()

    def delete_examples(self, output: str, requester: Requester | None) -> None:
        """Has the examples of an output deleted."""
        change: Callable[[ExampleStore], str] = with_train_hint(lambda store: store.delete_output(output))

        def report(text: str, now_s: float) -> Events:
            if not text:
                return self._session.failed(f"No take names {output}: there is nothing to delete.", now_s)
            kept = output in self._examples.summary.masks.train
            if kept:
                text = f"{text.removesuffix(TRAIN_HINT)} It keeps its model as long as it is off for training."
            return self._session.done(text, now_s)

        self._examples.change(change, report, self._session.failed, requester)
