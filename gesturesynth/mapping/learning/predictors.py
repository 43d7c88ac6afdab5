"""Fitted models as plain arrays: quick for one row, and safe to receive, since they hold no code.

Each predictor maps one row of scaled features to the same numbers as the scikit-learn estimator it was made from (tests
hold them to 1e-9), six (neighbours) to eighty (linear models) times quicker for a single row, with numpy alone.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.class_gate import likeliest
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.learning.confidence import ConfidenceModel
from gesturesynth.mapping.learning.packed_array import Array, Indices
from gesturesynth.mapping.learning.scaling import Scaling
from gesturesynth.mapping.learning.taught_range import TaughtRange

Float = NDArray[np.float64]

Kernel = Literal["linear", "matern-3/2", "matern-5/2", "gaussian", "polynomial"]


class Constant(msgspec.Struct, frozen=True, tag="constant"):
    """The same values (m,) for every pose: what can be learnt from one pose, or one sound."""

    values: Array

    def evaluate(self, _z: Float) -> Float:
        """Values (m,) at a scaled row (k,)."""
        return self.values.view


class Kernels(msgspec.Struct, frozen=True, tag="kernels"):
    """constant + sum_i weights_i * kernel(z, points_i): radial basis interpolation, processes, support vectors.

    Attributes:
        kernel: of the distance r: `linear` -r; `matern-3/2` (1 + s) exp(-s) with s = sqrt(3) r / length; `matern-5/2`
            (1 + s + s^2 / 3) exp(-s) with s = sqrt(5) r / length; `gaussian` exp(-r^2 / (2 length^2)); or
            `polynomial`, (1 + z.points_i / k)^length.
        length: above 0; `linear` does not use it; of `polynomial` it is the degree.
        points: (p, k).
        weights: (p, m).
        constant: (m,).
    """

    kernel: Kernel
    length: float
    points: Array
    weights: Array
    constant: Array

    def evaluate(self, z: Float) -> Float:
        """Values (m,) at a scaled row (k,)."""
        if self.kernel == "polynomial":
            powers = (1.0 + self.points.view @ z / len(z)) ** self.length
            return np.asarray(self.constant.view + powers @ self.weights.view, dtype=np.float64)
        offsets = self.points.view - z
        squares = np.einsum("ij,ij->i", offsets, offsets)
        if self.kernel == "linear":
            basis = -np.sqrt(squares)
        elif self.kernel == "matern-5/2":
            s = np.sqrt(squares) * (math.sqrt(5.0) / self.length)
            basis = (1.0 + s + s * s / 3.0) * np.exp(-s)
        elif self.kernel == "matern-3/2":
            s = np.sqrt(squares) * (math.sqrt(3.0) / self.length)
            basis = (1.0 + s) * np.exp(-s)
        else:
            basis = np.exp(squares * (-0.5 / self.length**2))
        return np.asarray(self.constant.view + basis @ self.weights.view, dtype=np.float64)


class Layers(msgspec.Struct, frozen=True, tag="layers"):
    """A perceptron with tanh between its layers and none after the last; one layer alone is a linear model.

    Attributes:
        weights: (inputs, outputs) of each layer.
        biases: (outputs,) of each layer.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def evaluate(self, z: Float) -> Float:
        """Values (m,) at a scaled row (k,)."""
        last = len(self.weights) - 1
        for index, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = z @ weights.view + biases.view
            if index < last:
                z = np.tanh(z)
        return z


class Neighbours(msgspec.Struct, frozen=True, tag="neighbours"):
    """The mean of the nearest rows, weighted by 1 / distance; a row at distance 0 counts alone.

    Attributes:
        points: (p, k); targets: (p, m).
        count: how many rows take part, 1 to p.
    """

    points: Array
    targets: Array
    count: int

    def evaluate(self, z: Float) -> Float:
        """Values (m,) at a scaled row (k,)."""
        offsets = self.points.view - z
        squares = np.einsum("ij,ij->i", offsets, offsets)
        near = np.argpartition(squares, self.count - 1)[: self.count]
        distance = np.sqrt(squares[near])
        exact = distance == 0.0
        weights = exact.astype(np.float64) if exact.any() else 1.0 / distance
        return np.asarray(weights @ self.targets.view[near] / weights.sum(), dtype=np.float64)


class Trees(msgspec.Struct, frozen=True, tag="trees"):
    """The mean of decision trees, all walked down at once.

    The nodes of all trees are in one table. A node sends a pose to `left` if its feature is at most the threshold,
    else to `right`; a leaf sends it to itself.

    Attributes:
        roots: (t,), the first node of each tree.
        feature, left, right: (n,); threshold: (n,).
        values: (n, m), meaningful at leaves.
        depth: steps from a root to the farthest leaf.
    """

    roots: Indices
    feature: Indices
    threshold: Array
    left: Indices
    right: Indices
    values: Array
    depth: int

    def evaluate(self, z: Float) -> Float:
        """Values (m,) at a scaled row (k,)."""
        # Trees are fitted to 32-bit features; a value at a threshold must go to the same side here.
        rounded = z.astype(np.float32).astype(np.float64)
        feature, threshold = self.feature.view, self.threshold.view
        left, right = self.left.view, self.right.view
        node = self.roots.view
        for _ in range(self.depth):
            node = np.where(rounded[feature[node]] <= threshold[node], left[node], right[node])
        return np.asarray(self.values.view[node].mean(axis=0), dtype=np.float64)


class Gaussians(msgspec.Struct, frozen=True, tag="gaussians"):
    """The logarithm of how likely a pose is in each class, where each feature is spread by itself around a mean.

    Attributes:
        means, precisions: (c, k); a precision is 1 / variance.
        constants: (c,).
    """

    means: Array
    precisions: Array
    constants: Array

    def evaluate(self, z: Float) -> Float:
        """Values (c,) at a scaled row (k,)."""
        squares = ((z - self.means.view) ** 2 * self.precisions.view).sum(axis=1)
        return np.asarray(self.constants.view - 0.5 * squares, dtype=np.float64)


Predictor: TypeAlias = Constant | Kernels | Layers | Neighbours | Trees | Gaussians


class Softmax(msgspec.Struct, frozen=True, tag="softmax"):
    """A classifier: one score for each class, made into probabilities.

    Attributes:
        classes: names, sorted; two or more.
        scores: one output for each class; for two classes it may be one, the score of the second against the first.
    """

    classes: tuple[str, ...]
    scores: Predictor

    def probabilities(self, z: Float) -> Float:
        """Probabilities (classes,) at a scaled row (k,); they add up to 1."""
        scores = self.scores.evaluate(z)
        if len(scores) == 1:
            scores = np.array([0.0, scores[0]])
        exponentials = np.exp(scores - scores.max())
        return np.asarray(exponentials / exponentials.sum(), dtype=np.float64)


class Votes(msgspec.Struct, frozen=True, tag="votes"):
    """A classifier whose probabilities are shares: of neighbours, of examples in a leaf, of the votes of trees.

    Attributes:
        classes: names, sorted; two or more.
        shares: one output for each class, 0 to 1; they add up to 1.
    """

    classes: tuple[str, ...]
    shares: Predictor

    def probabilities(self, z: Float) -> Float:
        """Probabilities (classes,) at a scaled row (k,); they add up to 1."""
        return self.shares.evaluate(z)


Classifier: TypeAlias = Softmax | Votes


class OutputModel(msgspec.Struct, frozen=True):
    """The model of the outputs that are learnt from the same examples.

    Attributes:
        outputs: their numbers among the outputs of the mapping.
        scaling: applied to features before anything else; a feature that does not count is always 0 after it.
        predictor: gives their positions.
        confidence: how near a pose is to those examples; with lines between snapshots. On the wire: `trust`.
        picked: the numbers of those of the predictor's values that are theirs; empty for all of them, in order.
    """

    outputs: tuple[int, ...]
    scaling: Scaling
    predictor: Predictor
    confidence: ConfidenceModel = msgspec.field(name="trust")
    picked: tuple[int, ...] = ()


class FittedMapping(msgspec.Struct, frozen=True, dict=True):
    """The result of training, as one message: from features to positions of outputs and to a class.

    Attributes:
        columns: names of the k feature columns it was fitted to.
        outputs: names of the m outputs; may be none.
        models: give the outputs; usually one for all of them. An output without examples is in none.
        class_scaling: applied to features before classes are told apart.
        classifier: tells classes apart; None when there are not two classes to tell apart.
        class_confidence: how near a pose is to the examples of classes, without lines; None when no example has a
            class. On the wire: `class_trust`.
        about: for people: `linear rbf, 18 examples`.
        gestures: movements in time; None when none was taught.
        chosen: what `auto` has become, and why: for people.
        taught: the range of each feature in the examples of outputs; None where there are none.
        reach: the lowest and highest positions of outputs with soft limits, by name; of the others they are 0 and 1.
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    models: tuple[OutputModel, ...]
    class_scaling: Scaling
    classifier: Classifier | None
    class_confidence: ConfidenceModel | None = msgspec.field(name="class_trust")
    about: str
    gestures: FittedGestures | None = None
    reach: dict[str, tuple[float, float]] = {}
    chosen: tuple[str, ...] = ()
    taught: TaughtRange | None = None

    @property
    def scaling(self) -> Scaling:
        """Of the first model; of the classes where there is none."""
        return self.models[0].scaling if self.models else self.class_scaling

    @cached_property
    def _output_indices(self) -> tuple[NDArray[np.intp], ...]:
        """The outputs of each model, for numpy."""
        return tuple(np.array(model.outputs, dtype=np.intp) for model in self.models)

    @cached_property
    def _bounds(self) -> tuple[Float, Float]:
        """The lowest and highest positions of the outputs, (m,) each."""
        low, high = np.array([self.reach.get(name, (0.0, 1.0)) for name in self.outputs]).reshape(-1, 2).T
        return low, high

    def check_fits(self, columns: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Raises GestureSynthError when it was fitted to other features or outputs."""
        if (self.columns, self.outputs) != (columns, outputs):
            raise GestureSynthError(
                f"the model was fitted to features {self.columns} and outputs {self.outputs}, "
                f"but the preset has {columns} and {outputs}: train again"
            )

    def predict(self, x: Float) -> Float:
        """Positions of the outputs (m,) for any features (k,), within 0..1 or `reach`; 0.5 for one without examples."""
        positions = np.full(len(self.outputs), 0.5)
        for model, places in zip(self.models, self._output_indices, strict=True):
            values = model.predictor.evaluate(model.scaling.apply(x))
            positions[places] = values[list(model.picked)] if model.picked else values
        low, high = self._bounds
        return np.asarray(np.minimum(np.maximum(positions, low), high), dtype=np.float64)

    def output_confidences(self, x: Float) -> Float:
        """How near features (k,) are to the examples of each output (m,): 0 (an unknown pose, or no examples) to 1."""
        confidences = np.zeros(len(self.outputs))
        for model, places in zip(self.models, self._output_indices, strict=True):
            confidences[places] = model.confidence.evaluate(model.scaling.apply(x))
        return confidences

    def positions_and_confidences(self, x: Float, known: Float) -> tuple[Float, Float]:
        """`predict` of `x` and `output_confidences` of `known`; in less time where they are the same object."""
        if x is not known:
            return self.predict(x), self.output_confidences(known)
        positions, confidences = np.full(len(self.outputs), 0.5), np.zeros(len(self.outputs))
        for model, places in zip(self.models, self._output_indices, strict=True):
            z = model.scaling.apply(x)
            values = model.predictor.evaluate(z)
            positions[places] = values[list(model.picked)] if model.picked else values
            confidences[places] = model.confidence.evaluate(z)
        low, high = self._bounds
        return np.minimum(np.maximum(positions, low), high), confidences

    def confidence(self, x: Float) -> float:
        """How near features (k,) are to the examples: 0 (an unknown pose) to 1.

        To the examples of any output; to those of classes where there are no outputs.
        """
        if self.models:
            return float(self.output_confidences(x).max())
        return self.class_confidence.evaluate(self.class_scaling.apply(x)) if self.class_confidence else 0.0

    def certainties(self, x: Float) -> dict[str, float]:
        """How certain it is that features (k,) show each class, 0..1, by class; empty without classes.

        Certainty is the class's probability times the confidence that the pose is near the examples at all: a
        classifier alone also gives high probabilities for unknown poses.
        """
        if self.classifier is None or self.class_confidence is None:
            return {}
        z = self.class_scaling.apply(x)
        values = self.classifier.probabilities(z) * self.class_confidence.evaluate(z)
        return dict(zip(self.classifier.classes, values.tolist(), strict=True))

    def classify(self, x: Float) -> tuple[str, float]:
        """The likeliest class of features (k,), and its certainty, 0..1; an empty text and 0 without classes."""
        return likeliest(self.certainties(x))

    def describe(self) -> str:
        """For people: `linear rbf, 18 examples`."""
        return self.about
