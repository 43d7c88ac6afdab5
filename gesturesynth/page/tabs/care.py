"""For the tab `care`: whether all is well, the last hour, the newest log lines, and the doctor.

The last hour is gathered once a second, whether or not a browser looks: who opens the page after something has
happened wants to see what it was.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

import msgspec

from gesturesynth.config.settings.fallback import is_unattended
from gesturesynth.core.recent_log import recent_lines
from gesturesynth.monitoring.doctor_run import WITHOUT_DEVICES, DoctorRun
from gesturesynth.monitoring.health import Health
from gesturesynth.monitoring.history import History, HistoryReport
from gesturesynth.monitoring.staff_sentence import StaffSentence, staff_sentence
from gesturesynth.monitoring.status_monitor import StatusMonitor
from gesturesynth.page.tab_service import PageQuestion, Surroundings, TabService, Values

EVERY_S: Final = 1.0
LOG_LINES: Final = 200


class CareReport(msgspec.Struct, frozen=True):
    """How the installation does, and has done for the last hour."""

    staff: StaffSentence
    health: Health
    history: HistoryReport


class Care:
    """Gathers statuses, and answers from them.

    Args:
        surroundings: of the page.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._runtime = surroundings.runtime
        self._context = surroundings.context
        self._doctor = DoctorRun(surroundings.config, WITHOUT_DEVICES if is_unattended() else ())
        self._history = History()
        self._monitor: StatusMonitor | None = None

    async def work(self) -> None:
        """Runs until it is cancelled."""
        with StatusMonitor(self._context, self._runtime) as monitor:
            self._monitor = monitor
            try:
                while True:
                    monitor.poll()
                    self._history.add(monitor.tracker, monitor.conductor, monitor.engine, time.monotonic())
                    await asyncio.sleep(EVERY_S)
            finally:
                self._monitor = None
                self._doctor.stop()

    async def report(self, _values: Values) -> object:
        """The question `care`; None in the moment before the first status."""
        monitor = self._monitor
        if monitor is None:
            return None
        monitor.poll()
        now_s = time.monotonic()
        health = monitor.health(now_s)
        staff = staff_sentence(health, monitor.tracker, monitor.conductor, monitor.engine, now_s)
        return CareReport(staff, health, self._history.report(now_s))

    async def log(self, _values: Values) -> object:
        """The question `log`: the newest lines, the oldest first."""
        return await asyncio.to_thread(recent_lines, self._runtime, LOG_LINES)

    async def doctor(self, _values: Values) -> object:
        """The question `doctor`: its report, in a service without the checks of devices; takes some seconds."""
        return await asyncio.to_thread(self._doctor.run)


def serve(surroundings: Surroundings) -> TabService:
    """The questions `care`, `log` and `doctor`."""
    care = Care(surroundings)
    return TabService(
        (
            PageQuestion("care", "look", care.report),
            PageQuestion("log", "play", care.log),
            PageQuestion("doctor", "play", care.doctor),
        ),
        care.work,
    )
