"""What the conductor is started with, out of the settings of this machine and the flags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from gesturesynth.config.opening_hours import Hours
from gesturesynth.config.settings.opening_hours import HoursSection
from gesturesynth.config.settings.settings import Settings
from gesturesynth.control.osc.server import OscSettings
from gesturesynth.control.session.events import Rules


@dataclass(frozen=True)
class ConductorSettings:
    """What to play.

    Attributes:
        preset: its name, or its YAML file.
        volume_db: loudness of this machine, 0 dB or below; the preset's own comes on top.
        flag_db: the same, where a flag said it; it counts for more than what was remembered.
        osc: where to listen for OSC, or None.
        rules: times and steps of teaching.
        metrics_port: TCP port on which figures for monitoring are served, 0 for any; None for nowhere.
        hours: when the place is open; None for always.
        hours_fade_s: how slowly it closes and opens.
        trouble: what is wrong with the file that these come from; empty when nothing is.
    """

    preset: str
    volume_db: float = 0.0
    flag_db: float | None = None
    osc: OscSettings | None = None
    rules: Rules = field(default_factory=Rules)
    metrics_port: int | None = None
    hours: Hours | None = None
    hours_fade_s: float = 0.0
    trouble: str = ""

    @classmethod
    def of(cls, chosen: Settings, own_volume_db: float | None = None, trouble: str = "") -> Self:
        """From the settings of this machine.

        Args:
            chosen: settings and flags.
            own_volume_db: the volume that stands in the settings, where a flag said another; else None.
            trouble: see the attributes.
        """
        own_db = chosen.volume if own_volume_db is None else own_volume_db
        osc = OscSettings(chosen.osc.host, chosen.osc.port, tuple(chosen.osc.allow)) if chosen.osc.enabled else None
        controller = chosen.teaching
        rules = Rules(countdown_s=controller.countdown, take_s=controller.take, tick_s=controller.tick)
        metrics = chosen.metrics.port if chosen.metrics.enabled else None
        return cls(
            chosen.preset,
            own_db,
            None if own_volume_db is None else chosen.volume,
            osc,
            rules,
            metrics,
            chosen.hours.hours() if chosen.hours != HoursSection() else None,
            chosen.hours.fade,
            trouble,
        )
