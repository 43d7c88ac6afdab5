"""A newly fitted mapping in which some outputs keep the model that they had."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from gesturesynth.mapping.learning.predictors import FittedMapping, OutputModel


def with_kept_models(mapping: FittedMapping, former: FittedMapping, names: Collection[str]) -> FittedMapping:
    """The mapping with the former models of these outputs; one that had no model gets none.

    Args:
        mapping: newly fitted.
        former: fitted to the same features and outputs.
        names: of outputs.
    """
    kept = {number for number, name in enumerate(mapping.outputs) if name in names}
    others = set(range(len(mapping.outputs))) - kept
    models = (*_narrowed(mapping.models, others), *_narrowed(former.models, kept))
    return msgspec.structs.replace(mapping, models=tuple(sorted(models, key=lambda model: model.outputs)))


def _narrowed(models: Iterable[OutputModel], numbers: Collection[int]) -> list[OutputModel]:
    """The models without all other outputs."""
    narrowed = []
    for model in models:
        places = [place for place, number in enumerate(model.outputs) if number in numbers]
        if len(places) == len(model.outputs):
            narrowed.append(model)
        elif places:
            picked = model.picked or tuple(range(len(model.outputs)))
            outputs = tuple(model.outputs[place] for place in places)
            narrowed.append(
                msgspec.structs.replace(model, outputs=outputs, picked=tuple(picked[place] for place in places))
            )
    return narrowed
