"""The kinds of models a preset can name, as a table. Reading it imports no learning library."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from gesturesynth.core.errors import UserError

Use = Literal["continuous", "classes"]


@dataclass(frozen=True)
class Setting:
    """One number of a model that a preset may change. `whole`: it must be a whole number. The ends are allowed."""

    name: str
    default: float
    low: float
    high: float
    help: str
    whole: bool = False


@dataclass(frozen=True)
class ModelKind:
    """One kind of model.

    Attributes:
        name: what presets write.
        help: one line for people.
        continuous: it can move outputs.
        classes: it can tell classes apart, for triggers.
        settings: what a preset may change about it.
    """

    name: str
    help: str
    continuous: bool
    classes: bool
    settings: tuple[Setting, ...] = ()


# The defaults were measured on few-shot tasks made of real landmarks: least error on held-out poses among settings
# whose outputs neither jump nor jitter.
_KINDS: Final = (
    ModelKind(
        "rbf",
        "Linear radial basis interpolation: passes by every example, runs straight between them; the default.",
        continuous=True,
        classes=False,
        settings=(
            Setting(
                "smoothing", 1.0, 0.001, 1000.0, "How loosely it passes by an example; a second of frames counts as 30."
            ),
            Setting("prototypes", 300, 10, 1000, "More examples than this are gathered into so many.", whole=True),
        ),
    ),
    ModelKind(
        "gaussian-process",
        "A Gaussian process that chooses its own reach and looseness; levels out far away.",
        continuous=True,
        classes=False,
        settings=(
            Setting("noise", 0.1, 0.001, 100.0, "How loosely it passes by an example at least; 30 as with rbf."),
            Setting("prototypes", 300, 10, 1000, "More examples than this are gathered into so many.", whole=True),
        ),
    ),
    ModelKind(
        "ridge",
        "A straight line from every feature to every output; simple, and leaves its range early.",
        continuous=True,
        classes=False,
        settings=(Setting("alpha", 1.0, 1e-6, 1e6, "How strongly slopes are held down."),),
    ),
    ModelKind(
        "polynomial",
        "Ridge regression with products of features: bent, where ridge is straight; leaves its range early.",
        continuous=True,
        classes=False,
        settings=(
            Setting("degree", 2, 1, 6, "How many features, or powers of one, are multiplied at most.", whole=True),
            Setting("alpha", 1.0, 1e-6, 1e6, "How strongly it is held down."),
        ),
    ),
    ModelKind(
        "mlp",
        "A small neural net of one hidden layer.",
        continuous=True,
        classes=True,
        settings=(
            Setting("alpha", 1.0, 1e-6, 1e6, "How strongly weights are held down."),
            Setting("hidden", 32, 1, 256, "Units in the hidden layer.", whole=True),
        ),
    ),
    ModelKind(
        "kernel-ridge",
        "Kernel ridge regression with a Matern-3/2 kernel; smoother than rbf around examples.",
        continuous=True,
        classes=False,
        settings=(
            Setting("alpha", 0.01, 1e-6, 1e3, "How loosely it passes by an example."),
            Setting("length", 2.0, 0.05, 50.0, "How far an example reaches, in median distances between examples."),
        ),
    ),
    ModelKind(
        "knn",
        "The nearest examples, weighted by closeness; jumps between them.",
        continuous=True,
        classes=True,
        settings=(Setting("neighbours", 5, 1, 100, "How many examples take part.", whole=True),),
    ),
    ModelKind(
        "svr",
        "Support vector regression with a Gaussian kernel.",
        continuous=True,
        classes=False,
        settings=(
            Setting("c", 10.0, 1e-3, 1e5, "How dearly an error is paid."),
            Setting("epsilon", 0.01, 0.0, 0.5, "Errors below this are free, as a fraction of the output's range."),
        ),
    ),
    ModelKind(
        "forest",
        "Extremely randomised trees: moves in small steps, never leaves what it was taught.",
        continuous=True,
        classes=False,
        settings=(Setting("trees", 100, 1, 300, "How many trees vote.", whole=True),),
    ),
    ModelKind(
        "logistic",
        "Logistic regression: a flat border between every two classes; the default for triggers.",
        continuous=False,
        classes=True,
        settings=(Setting("alpha", 1.0, 1e-6, 1e6, "How strongly slopes are held down; 1 / C of other programs."),),
    ),
    ModelKind(
        "svm",
        "Support vector machines with a Gaussian kernel, one for each class against the rest.",
        continuous=False,
        classes=True,
        settings=(Setting("c", 1.0, 1e-3, 1e5, "How dearly an error is paid."),),
    ),
    ModelKind(
        "tree",
        "A decision tree: borders along one feature at a time; depth 1 is a decision stump.",
        continuous=False,
        classes=True,
        settings=(
            Setting("depth", 8, 1, 20, "How many questions one after the other at most.", whole=True),
            Setting("leaf", 5, 1, 1000, "How many examples an answer rests on at least.", whole=True),
        ),
    ),
    ModelKind(
        "naive-bayes",
        "Each class as a cloud of its own width in every feature.",
        continuous=False,
        classes=True,
        settings=(Setting("smoothing", 0.1, 1e-9, 10.0, "Added to every width, as a part of the greatest variance."),),
    ),
    ModelKind(
        "adaboost",
        "Small trees that vote, each trained on what those before it got wrong.",
        continuous=False,
        classes=True,
        settings=(
            Setting("trees", 50, 1, 300, "How many trees vote at most.", whole=True),
            Setting("depth", 4, 1, 8, "How many questions a tree asks.", whole=True),
        ),
    ),
)

MODEL_KINDS: Final[dict[str, ModelKind]] = {kind.name: kind for kind in _KINDS}
"""Every kind by its name; `auto` is not among them, see `AUTO`."""

AUTO: Final = "auto"
AUTO_KIND: Final[dict[Use, str]] = {"continuous": "rbf", "classes": "logistic"}
"""What `auto` stands for, unless takes show that another kind is better (`model_choice`)."""


def model_kind(name: str, use: Use = "continuous") -> ModelKind:
    """The kind of a name, `auto` included.

    Raises:
        UserError: there is no such kind, or it cannot be used for this; the message lists those that are.
    """
    kind = MODEL_KINDS.get(AUTO_KIND[use] if name == AUTO else name)
    if kind is not None and (kind.continuous if use == "continuous" else kind.classes):
        return kind
    allowed = [AUTO, *(k.name for k in _KINDS if (k.continuous if use == "continuous" else k.classes))]
    close = difflib.get_close_matches(name, allowed, 1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    what = "model that moves outputs" if use == "continuous" else "classifier"
    raise UserError(f"'{name}' is not a {what}: allowed are {', '.join(allowed)}{hint}")


def model_settings(kind: ModelKind, given: Mapping[str, object]) -> dict[str, float]:
    """All settings of a kind: its defaults, and over them what a preset gives.

    Raises:
        UserError: an unknown setting, or a number out of its range; the message says what is allowed.
    """
    table = {setting.name: setting for setting in kind.settings}
    chosen = {name: setting.default for name, setting in table.items()}
    for name, value in given.items():
        setting = table.get(name)
        if setting is None:
            close = difflib.get_close_matches(name, table, 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise UserError(f"'{kind.name}' has no setting '{name}': allowed are {', '.join(table) or 'none'}{hint}")
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        if not setting.low <= number <= setting.high or (setting.whole and number != int(number)):
            what = "a whole number" if setting.whole else "a number"
            raise UserError(
                f"{name} of '{kind.name}' must be {what} from {setting.low:g} to {setting.high:g}, not {value!r}"
            )
        chosen[name] = number
    return chosen
