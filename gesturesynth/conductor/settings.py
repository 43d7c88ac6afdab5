"""Settings of the conductor, from the settings of this machine and the flags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from gesturesynth.config.opening_hours import Hours
from gesturesynth.config.settings.opening_hours import HoursSection
from gesturesynth.config.settings.remote import remote_trackers
from gesturesynth.config.settings.settings import Settings
from gesturesynth.control.osc.input_server import InputSettings
from gesturesynth.control.osc.server import OscSettings
from gesturesynth.control.session.context import Rules
from gesturesynth.remote_poses.addresses import TrackerAddress


@dataclass(frozen=True)
class ConductorSettings:
    """What the conductor plays and which inputs it opens.

    Attributes:
        preset: its name, or its YAML file.
        volume_db: volume of this machine, 0 dB or below; the preset's own is added.
        flag_db: the same, where a flag gives it; it takes precedence over the stored one.
        osc: address and port of the OSC server, or None.
        inputs: address and port of inputs, or None.
        rules: times and steps of teaching.
        metrics_port: TCP port on which metrics are served, 0 for any; None for no metrics.
        hours: opening hours; None for always open.
        hours_fade_s: duration of the fade at closing and opening.
        settings_error: what is wrong with the settings file; empty when nothing is.
        predict_s: how far the body is carried forward in presets that do not say it.
        trackers: where there are others than that of this computer; else empty.
    """

    preset: str
    volume_db: float = 0.0
    flag_db: float | None = None
    osc: OscSettings | None = None
    inputs: InputSettings | None = None
    rules: Rules = field(default_factory=Rules)
    metrics_port: int | None = None
    hours: Hours | None = None
    hours_fade_s: float = 0.0
    settings_error: str = ""
    predict_s: float = 0.0
    trackers: tuple[TrackerAddress, ...] = ()

    @classmethod
    def from_settings(cls, chosen: Settings, own_volume_db: float | None = None, settings_error: str = "") -> Self:
        """From the settings of this machine.

        Args:
            chosen: settings and flags.
            own_volume_db: the volume in the settings, where a flag gives another; else None.
            settings_error: see the attributes.
        """
        own_db = chosen.volume if own_volume_db is None else own_volume_db
        o, i = chosen.osc, chosen.inputs
        osc = OscSettings(o.host, o.port, tuple(o.allow), o.joints) if o.enabled else None
        inputs = InputSettings(i.host, i.port, tuple(i.allow)) if i.enabled else None
        teaching = chosen.teaching
        rules = Rules(
            countdown_s=teaching.countdown,
            take_s=teaching.take,
            tick_s=teaching.tick,
            hands_free=teaching.hands_free,
        )
        metrics = chosen.metrics.port if chosen.metrics.enabled else None
        return cls(
            chosen.preset,
            own_db,
            None if own_volume_db is None else chosen.volume,
            osc,
            inputs,
            rules,
            metrics,
            chosen.hours.hours() if chosen.hours != HoursSection() else None,
            chosen.hours.fade,
            settings_error,
            chosen.predict,
            remote_trackers(chosen.trackers),
        )
