"""An engine that has changed its instruments very often is started again while nothing is heard."""

from __future__ import annotations

from gesturesynth.synthesis.restart_policy import MANY_RACKS, QUIET_S, TOO_MANY_RACKS, RestartPolicy

LOUD_DB, SILENT_DB = -20.0, -120.0


def test_after_many_changes_it_waits_for_a_silence_that_lasts() -> None:
    restart_policy = RestartPolicy()
    assert not restart_policy.reason_to_restart(MANY_RACKS, LOUD_DB, 0.0)
    assert not restart_policy.reason_to_restart(MANY_RACKS, SILENT_DB, QUIET_S - 0.1)
    assert not restart_policy.reason_to_restart(MANY_RACKS, LOUD_DB, QUIET_S + 5.0), "that was a rest between two notes"
    assert not restart_policy.reason_to_restart(MANY_RACKS, SILENT_DB, QUIET_S + 6.0)
    assert f"{MANY_RACKS} times" in restart_policy.reason_to_restart(MANY_RACKS, SILENT_DB, 2 * QUIET_S + 5.0)


def test_after_few_changes_a_silence_does_not_end_it() -> None:
    restart_policy = RestartPolicy()
    assert not any(restart_policy.reason_to_restart(MANY_RACKS - 1, SILENT_DB, now_s) for now_s in (0.0, 1000.0, 1e6))


def test_a_silence_counts_from_the_first_check() -> None:
    assert not RestartPolicy().reason_to_restart(MANY_RACKS, SILENT_DB, 5000.0)


def test_after_too_many_changes_it_ends_at_once() -> None:
    assert RestartPolicy().reason_to_restart(TOO_MANY_RACKS, LOUD_DB, 0.0)
