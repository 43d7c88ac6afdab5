"""How each output is fitted where it differs from the others: a model of its own, and the features that feed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.example_notes import listed
from gesturesynth.mapping.learning.model_kinds import AUTO, model_kind, model_settings
from gesturesynth.mapping.learning.row_groups import RowGroup

Bools = NDArray[np.bool_]


class OutputFit(msgspec.Struct, frozen=True):
    """How one output is fitted.

    Attributes:
        model: a kind that moves outputs, or `auto`.
        settings: of the model; in a job, all of them.
        features: the features that feed it as a preset names them, for people; empty for all.
        columns: their columns; empty for all.
    """

    model: str
    settings: dict[str, float] = {}
    features: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def is_auto(self) -> bool:
        """Whether the kind is chosen by what the takes tell; settings are those of the usual kind, which is then it."""
        return self.model == AUTO and not self.settings

    def checked(self) -> OutputFit:
        """The same with the name of its kind, and all settings of that.

        Raises:
            UserError: there is no such kind, or a setting is not allowed.
        """
        kind = model_kind(self.model)
        return msgspec.structs.replace(self, model=kind.name, settings=model_settings(kind, self.settings))


def replaced(fit: OutputFit, kind: str) -> OutputFit:
    """The same with another kind of model, with the settings of its own."""
    return msgspec.structs.replace(fit, model=kind, settings=model_settings(model_kind(kind), {}))


def fed_columns(fits: Sequence[OutputFit], columns: Sequence[str]) -> Bools:
    """Which of the k feature columns feed each of the m outputs, (m, k)."""
    fed = [[not fit.columns or column in fit.columns for column in columns] for fit in fits]
    return np.array(fed, dtype=np.bool_).reshape(len(fits), len(columns))


def described_kinds(fits: Mapping[str, OutputFit]) -> str:
    """The kinds of models of all outputs, by their names: `linear rbf and ridge (timbre)`."""
    outputs_of: dict[str, list[str]] = {}
    for name, fit in fits.items():
        outputs_of.setdefault(f"linear {fit.model}" if fit.model == "rbf" else fit.model, []).append(name)
    first, *others = sorted(outputs_of, key=lambda kind: -len(outputs_of[kind])) or [""]
    return " and ".join([first, *(f"{kind} ({listed(outputs_of[kind])})" for kind in others)])


def described_features(fits: Mapping[str, OutputFit]) -> str:
    """The outputs that some of the features feed: `level from left_wrist.height`; empty where all feed all."""
    outputs_of: dict[tuple[str, ...], list[str]] = {}
    for name, fit in fits.items():
        if fit.columns:
            outputs_of.setdefault(fit.features or fit.columns, []).append(name)
    return "; ".join(f"{listed(names)} from {listed(features)}" for features, names in outputs_of.items())


def described_fits(fits: Mapping[str, OutputFit], groups: Sequence[RowGroup]) -> str:
    """`linear rbf, 18 examples`; the outputs without examples; those that only some features feed."""
    taught = {output for group in groups for output in group.outputs}
    missing = [output for index, output in enumerate(fits) if index not in taught]
    rows = int(np.logical_or.reduce([group.rows for group in groups]).sum()) if groups else 0
    text = f"{described_kinds(fits)}, {rows} example{'' if rows == 1 else 's'}"
    text += f" (not taught: {listed(missing)})" if missing else ""
    return "; ".join(filter(None, (text, described_features(fits))))
