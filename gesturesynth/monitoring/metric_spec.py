"""What a metric is: its name, its unit and how it is read from the statuses. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client.metrics_core import Metric

from gesturesynth.monitoring.health import Health
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus

PREFIX: Final = "gesturesynth_"

Kind = Literal["gauge", "counter", "summary"]
Values = Iterable[tuple[tuple[str, ...], float]]
"""Values of the labels, and the number; one for each line."""


@dataclass(frozen=True)
class MetricsSnapshot:
    """All that is known at one moment. A process that sends no status is None.

    Attributes:
        now_s: monotonic seconds.
        health: the assessment.
        tracker, conductor, engine: their newest statuses, none of them stale.
    """

    now_s: float
    health: Health
    tracker: TrackerStatus | None
    conductor: ConductorStatus | None
    engine: EngineStatus | None


@dataclass(frozen=True)
class MetricSpec:
    """One metric.

    Attributes:
        name: as it is scraped, without `gesturesynth_`.
        kind: `counter` only grows, until its process is started again.
        help: a sentence.
        read: gives its values now.
        labels: names of its labels.
    """

    name: str
    kind: Kind
    help: str
    read: Callable[[MetricsSnapshot], Values]
    labels: tuple[str, ...] = ()

    def metric(self, snapshot: MetricsSnapshot) -> Metric:
        """Its samples now; without any when no value is known."""
        name = f"{PREFIX}{self.name}"
        metric = Metric(name.removesuffix("_total") if self.kind == "counter" else name, self.help, self.kind)
        for values, number in self.read(snapshot):
            metric.add_sample(name, dict(zip(self.labels, values, strict=True)), float(number))
        return metric
