"""The changes of takes and snapshots that events of the session ask for; the worker applies them to the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gesturesynth.config.preset.model import Preset
from gesturesynth.control.session import events as s
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.pipeline.relabelling import relabel_take

Change = Callable[[ExampleStore], str]
"""Returns a text about what was changed, or an empty one when there was nothing to change."""

TRAIN_HINT: Final = " Train to hear it."
_WHOLE: Final[dict[type[s.Event], tuple[Change, str]]] = {
    s.Undo: (ExampleStore.undo, "There is nothing to undo."),
    s.Redo: (ExampleStore.redo, "There is nothing to do again."),
    s.DeleteLast: (ExampleStore.delete_last, "There is no take to delete."),
    s.ClearTakes: (ExampleStore.clear, "There are no takes to clear."),
}
"""Changes without values, and the answer when there was nothing to change."""


def change_for(event: s.Event, preset: Preset) -> tuple[Change, str]:
    """The change for an event, which returns a sentence; and the answer when that is empty.

    Args:
        event: about takes.
        preset: whose takes they are.

    Raises:
        KeyError: the event is not about takes.
    """
    match event:
        case s.RelabelTake(take, target):
            return with_train_hint(lambda store: relabel_take(store, preset, take, target)), ""
        case s.TrimTake(take, start_s, end_s):
            return with_train_hint(lambda store: store.trim(take, start_s, end_s)), ""
        case s.SwitchTake(take, on):
            return with_train_hint(lambda store: store.switch(take, on)), ""
        case s.DeleteTake(take):
            return with_train_hint(lambda store: store.delete(take)), ""
        case s.RestoreTake(take):
            return with_train_hint(lambda store: store.restore(take)), ""
    change, text_if_unchanged = _WHOLE[type(event)]
    return with_train_hint(change), text_if_unchanged


def with_train_hint(change: Change) -> Change:
    """The same change, with a hint in its sentence when it changes takes: those need training, snapshots do not."""

    def done(store: ExampleStore) -> str:
        takes, snapshots = store.takes(), store.snapshots()
        text = change(store)
        changed = store.takes() != takes or store.snapshots() == snapshots  # it has changed the one or the other
        return f"{text[0].upper()}{text[1:]}.{TRAIN_HINT if changed else ''}" if text else ""

    return done
