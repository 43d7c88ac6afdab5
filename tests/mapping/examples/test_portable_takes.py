"""Takes that go from one computer to another: what arrives is what was taught, and nothing else gets in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import portable_takes, schema
from gesturesynth.mapping.examples.portable_takes import PortableTakes
from tests.support.stored_takes import FEATURES, fill_store, open_store, poses

OUTPUTS = ("pitch",)


def packed(tmp_path: Path) -> Path:
    """A file with three takes and a snapshot."""
    fill_store(tmp_path / "a" / "examples.sqlite", 3)
    with open_store(tmp_path / "a" / "examples.sqlite") as store:
        store.save_snapshot(4, {"pitch": 300.0})
        file = tmp_path / "takes.sqlite"
        file.write_bytes(portable_takes.to_file(store.portable()))
    return file


def test_the_examples_that_arrive_are_those_that_were_taught(tmp_path: Path) -> None:
    file = packed(tmp_path)
    with open_store(tmp_path / "b" / "examples.sqlite") as other:
        assert other.insert(portable_takes.from_file(file, "x"), "unpacked") == "3 takes and 1 snapshots unpacked"
        arrived = other.examples(FEATURES, OUTPUTS, None)
        snapshots = other.snapshots()
    with open_store(tmp_path / "a" / "examples.sqlite") as store:
        taught = store.examples(FEATURES, OUTPUTS, None)
    np.testing.assert_array_equal(arrived.X, taught.X)
    np.testing.assert_array_equal(arrived.Y, taught.Y)
    assert snapshots == {4: {"pitch": 300.0}}


def test_what_could_be_undone_and_deleted_takes_stay_where_they_were(tmp_path: Path) -> None:
    fill_store(tmp_path / "a" / "examples.sqlite", 3)
    with open_store(tmp_path / "a" / "examples.sqlite") as store:
        store.delete(2)
        usual, with_deleted = store.portable(), store.portable(deleted=True)
    assert [take.facts[1] for take in usual.takes] == ["1", "3"]
    file = tmp_path / "takes.sqlite"
    file.write_bytes(portable_takes.to_file(with_deleted))
    with open_store(tmp_path / "b" / "examples.sqlite") as other:
        other.insert(portable_takes.from_file(file, "x"), "unpacked")
        assert [info.target for info in other.takes()] == ["1", "3"]
        assert [info.target for info in other.takes(deleted=True)] == ["1", "2", "3"]
        other.undo()
        assert (other.takes(), other.can_undo) == ((), False)
        other.redo()
        assert [info.target for info in other.takes()] == ["1", "3"], "a take that came deleted stays deleted"


def test_one_undo_brings_back_the_takes_and_snapshots_that_were_replaced(tmp_path: Path) -> None:
    file = packed(tmp_path)
    with open_store(tmp_path / "b" / "examples.sqlite") as other:
        other.add_take("7", {"pitch": 700.0}, "", poses(5))
        other.save_snapshot(4, {"pitch": 444.0})
        other.save_snapshot(5, {"pitch": 555.0})
        other.insert(portable_takes.from_file(file, "x"), "unpacked", instead=True)
        assert [info.target for info in other.takes()] == ["1", "2", "3"]
        assert other.snapshots() == {4: {"pitch": 300.0}}
        other.undo()
        assert [info.target for info in other.takes()] == ["7"]
        assert other.snapshots() == {4: {"pitch": 444.0}, 5: {"pitch": 555.0}}


def test_the_same_takes_give_the_same_bytes(tmp_path: Path) -> None:
    fill_store(tmp_path / "a" / "examples.sqlite", 3)
    with open_store(tmp_path / "a" / "examples.sqlite") as store:
        first = portable_takes.to_file(store.portable())
        store.delete(2)
        store.add_take("9", {"pitch": 1.0}, "", poses(4))
        store.undo()
        store.restore(2)
        assert portable_takes.to_file(store.portable()) == first
        store.delete(2)
        assert portable_takes.to_file(store.portable()) != first


def test_without_skeletons_features_and_values_stay(tmp_path: Path) -> None:
    fill_store(tmp_path / "a" / "examples.sqlite", 3)
    with open_store(tmp_path / "a" / "examples.sqlite") as store:
        store.add_take("5", {"pitch": 9.0}, "", poses(6, empty_frames=(2,)))
        taught = store.examples(FEATURES, OUTPUTS, None, everything=True)
        bare = portable_takes.without_skeletons(store.portable(), taught)
    assert (bare.skeletons, len(bare.takes)) == (0, 4)
    file = tmp_path / "takes.sqlite"
    file.write_bytes(portable_takes.to_file(bare))
    assert poses(1)[0].bodies[0].image[:64] not in file.read_bytes()
    with open_store(tmp_path / "b" / "examples.sqlite") as other:
        other.insert(portable_takes.from_file(file, "x"), "unpacked")
        assert [(info.target, info.rows) for info in other.takes()] == [("1", 30), ("2", 30), ("3", 30), ("5", 5)]
        arrived = other.examples(FEATURES, OUTPUTS, None)
    np.testing.assert_array_equal(arrived.X, taught.X)
    np.testing.assert_array_equal(arrived.Y, taught.Y)


def test_edits_arrive_with_skeletons_and_are_carried_out_without(tmp_path: Path) -> None:
    with open_store(tmp_path / "a" / "examples.sqlite") as store:
        for target in ("1", "2"):
            store.add_take(target, {"pitch": 200.0}, "", poses(30))
        store.trim(1, 0.2, 0.6)
        store.switch(2, on=False)
        takes = store.portable()
        examples = store.examples(FEATURES, OUTPUTS, None)
        trimmed = store.takes()[0]
    for carried in (takes, portable_takes.without_skeletons(takes, examples)):
        file = tmp_path / "takes.sqlite"
        file.write_bytes(portable_takes.to_file(carried))
        name = "b" if carried is takes else "c"
        with open_store(tmp_path / name / "examples.sqlite") as other:
            other.insert(portable_takes.from_file(file, "x"), "unpacked")
            arrived = other.takes()
            np.testing.assert_array_equal(other.examples(FEATURES, OUTPUTS, None).Y, examples.Y)
        assert arrived[0].rows == trimmed.rows
        assert arrived[0].duration_s == pytest.approx(trimmed.duration_s)
        assert [info.off for info in arrived] == ([False, True] if carried is takes else [False])


def test_a_file_of_an_older_version_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(tmp_path)
    more = (*schema.MIGRATIONS, ("CREATE TABLE later (id INTEGER PRIMARY KEY)",))
    monkeypatch.setattr(schema, "MIGRATIONS", more)
    assert len(portable_takes.from_file(file, "x").takes) == 3


def change(statement: str) -> Callable[[Path], None]:
    def apply(file: Path) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            db.execute(statement)

    return apply


def damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:8192] = b"\xa5" * 4096
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def text(file: Path) -> None:
    file.write_text("not a database")


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (change("CREATE TRIGGER t AFTER INSERT ON takes BEGIN DELETE FROM takes; END"), "other tables"),
        (change("CREATE VIEW v AS SELECT 1"), "other tables"),
        (change("DROP TABLE journal"), "other tables"),
        (change("PRAGMA user_version = 99"), "newer gesturesynth"),
        (change("PRAGMA application_id = 1"), "another program"),
        (change("UPDATE takes SET label = 'a' || char(27) || '[2J'"), "cannot be a name"),
        (change("UPDATE takes SET target = printf('%.200c', 'x')"), "cannot be a name"),
        (change("UPDATE takes SET made_utc = 'soon'"), "no time"),
        (change("UPDATE takes SET duration_s = 9e999"), "no duration"),
        (change("UPDATE takes SET rows = 31"), "says 31"),
        (change("UPDATE takes SET rows = 'x'"), "damaged"),
        (change("UPDATE takes SET sound = '[1]'"), "damaged"),
        (change("UPDATE poses SET crc = 1 WHERE id = 5"), "a pose of it"),
        (change("UPDATE poses SET facts = '{' WHERE id = 1"), "the facts beside"),
        (change("DELETE FROM poses WHERE take = 1"), "no rows"),
        (change("UPDATE snapshots SET number = 77"), "77"),
        (damage, "damaged"),
        (cut, "damaged"),
        (text, "no file of takes"),
    ],
)
def test_what_no_gesturesynth_wrote_is_refused_in_a_sentence(
    harm: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    file = packed(tmp_path)
    harm(file)
    with pytest.raises(UserError, match=why):
        portable_takes.from_file(file, "theremin.gspack: takes.sqlite")


def test_takes_that_do_not_say_when_they_were_made_in_which_zone_are_refused(tmp_path: Path) -> None:
    file = packed(tmp_path)
    change("UPDATE takes SET made_utc = '2026-01-01T10:00:00'")(file)
    with pytest.raises(UserError, match="no time"):
        portable_takes.from_file(file, "x")


def test_nothing_at_all_can_be_carried(tmp_path: Path) -> None:
    file = tmp_path / "takes.sqlite"
    file.write_bytes(portable_takes.to_file(PortableTakes((), {})))
    assert portable_takes.from_file(file, "x") == PortableTakes((), {})
