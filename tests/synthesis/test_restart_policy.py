"""An engine that has changed its instruments very often begins anew, when nobody hears it."""

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


def test_with_few_changes_no_silence_ends_it() -> None:
    restart_policy = RestartPolicy()
    assert not any(restart_policy.reason_to_restart(MANY_RACKS - 1, SILENT_DB, now_s) for now_s in (0.0, 1000.0, 1e6))


def test_one_that_begins_in_silence_is_given_its_time() -> None:
    assert not RestartPolicy().reason_to_restart(MANY_RACKS, SILENT_DB, 5000.0)


def test_before_it_is_too_much_it_leaves_at_any_moment() -> None:
    assert RestartPolicy().reason_to_restart(TOO_MANY_RACKS, LOUD_DB, 0.0)
