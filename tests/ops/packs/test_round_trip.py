"""A preset goes to another computer in one file, and plays there as it did here."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.ops.packs.pack import PackRequest, pack
from gesturesynth.ops.packs.unpack import check_pack, conflict, unpack
from gesturesynth.pipeline.example_library import load_taught
from gesturesynth.pipeline.fit_job import fit_job
from tests.support.sound_files import write_tone
from tests.support.stored_takes import open_store, poses

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def taught(own_folders: Path) -> Path:
    """A preset `mine` of one's own, with factory examples, three takes and a snapshot."""
    folder = paths.config_dir() / "presets"
    folder.mkdir(parents=True)
    for suffix in (".yaml", ".csv"):
        shutil.copy(paths.presets_dir() / f"theremin{suffix}", folder / f"mine{suffix}")
    with open_store(store_path("mine")) as store:
        for number, pitch in enumerate((220.0, 440.0, 880.0), 1):
            store.add_take(str(number), {"pitch": pitch, "level": -12.0}, "", poses(20, 60.0 * number))
        store.save_snapshot(7, {"pitch": 333.0})
    return folder / "mine.yaml"


def model(name: str) -> FittedMapping:
    """What plays under this name on this computer."""
    preset = loader.load(loader.find(name))
    return fit(fit_job(preset, load_taught(preset, NOW)[1]))


def packed(folder: Path, **request: bool) -> Path:
    return pack(PackRequest("mine", folder / "p.gspack", **request), NOW)[0]


def another_computer(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("config", "state"):
        monkeypatch.setenv(f"GESTURESYNTH_{folder.upper()}_DIR", str(own_folders / f"other-{folder}"))


@pytest.mark.parametrize("flags", [{}, {"skeletons": False}], ids=["with skeletons", "without skeletons"])
def test_it_plays_there_as_it_did_here(
    flags: dict[str, bool], taught: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = model("mine")
    file = packed(own_folders, **flags)
    another_computer(own_folders, monkeypatch)
    done = unpack(check_pack(file), NOW)
    assert done.preset == paths.config_dir() / "presets" / "mine.yaml"
    assert done.preset.read_bytes() == taught.read_bytes()
    there = model("mine")
    for values in np.random.default_rng(1).normal(size=(20, len(here.columns))):
        np.testing.assert_array_equal(there.predict(values), here.predict(values))
    with open_store(store_path("mine")) as store:
        assert store.snapshots() == {7: {"pitch": 333.0}}
        assert all(info.target for info in store.takes())


def test_the_same_preset_gives_the_same_bytes_and_a_pack_of_what_was_unpacked_is_the_same_pack(
    taught: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = packed(own_folders).read_bytes()
    assert pack(PackRequest("mine", own_folders / "q.gspack"), NOW)[0].read_bytes() == first
    another_computer(own_folders, monkeypatch)
    unpack(check_pack(own_folders / "p.gspack"), NOW)
    assert pack(PackRequest("mine", own_folders / "r.gspack"), NOW)[0].read_bytes() == first


def test_packing_and_unpacking_while_the_service_has_the_takes_open(taught: Path, own_folders: Path) -> None:
    with ExampleStore.open(store_path("mine"), NOW) as service:
        service.add_take("4", {"pitch": 500.0}, "", poses(9))
        revision = service.revision
        file = packed(own_folders)
        service.delete_last()
        unpack(check_pack(file), NOW, replace=True)
        assert service.revision != revision
        assert [info.target for info in service.takes()] == ["1", "2", "3", "4"]
        service.undo()
        assert [info.target for info in service.takes()] == ["1", "2", "3"]


def test_a_file_that_exists_is_not_overwritten(taught: Path, own_folders: Path) -> None:
    (own_folders / "p.gspack").write_text("precious")
    with pytest.raises(UserError, match="exists already"):
        packed(own_folders)
    assert (own_folders / "p.gspack").read_text() == "precious"


def test_only_its_user_can_read_a_pack(taught: Path, own_folders: Path) -> None:
    assert packed(own_folders).stat().st_mode & 0o077 == 0


def test_what_is_in_the_way_is_said_and_stays(taught: Path, own_folders: Path) -> None:
    file = packed(own_folders)
    taught.write_text(taught.read_text() + "# changed\n")
    found = check_pack(file)
    assert "there is a preset 'mine' already" in conflict(found, NOW)
    assert "there are 3 takes and 1 snapshot already" in conflict(found, NOW)
    with pytest.raises(UserError, match=r"--as NAME.*--replace"):
        unpack(found, NOW)
    assert taught.read_text().endswith("# changed\n")
    with open_store(store_path("mine")) as store:
        assert len(store.takes(deleted=True)) == 3


def test_replaced_files_are_kept_and_the_former_takes_come_back_by_undo(taught: Path, own_folders: Path) -> None:
    file = packed(own_folders)
    original = taught.read_bytes()
    taught.write_text(taught.read_text() + "# changed\n")
    for again in range(2):
        changed = taught.read_bytes()
        done = unpack(check_pack(file), NOW, replace=True)
        assert taught.read_bytes() == original
        assert bool(done.backup) is not bool(again), "files that are the same are not copied"
        if done.backup:
            assert (done.backup / "mine.yaml").read_bytes() == changed
            assert (done.backup / "mine.csv").is_file()
    with open_store(store_path("mine")) as store:
        assert len(store.takes()) == 3
        store.undo()
        store.undo()
        assert [info.id for info in store.takes()] == [1, 2, 3]


def test_under_another_name_nothing_is_in_the_way(taught: Path, own_folders: Path) -> None:
    found = check_pack(packed(own_folders), "yours")
    assert conflict(found, NOW) == ""
    done = unpack(found, NOW)
    assert done.preset.name == "yours.yaml"
    assert store_path("yours").is_file()
    assert loader.load(loader.find("yours")).key == "yours"


def test_a_shipped_preset_with_takes_arrives_where_the_same_one_is_shipped(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(store_path("theremin")) as store:
        store.add_take("1", {"pitch": 220.0}, "", poses(9))
    pack(PackRequest("theremin", own_folders / "t.gspack"), NOW)
    another_computer(own_folders, monkeypatch)
    done = unpack(check_pack(own_folders / "t.gspack"), NOW)
    assert done.preset == paths.presets_dir() / "theremin.yaml"
    assert not (paths.config_dir() / "presets").exists()
    with open_store(store_path("theremin")) as store:
        assert len(store.takes()) == 1


def test_a_shipped_preset_is_hidden_by_a_pack_that_replaces_it_and_stays_as_it_is(
    taught: Path, own_folders: Path
) -> None:
    taught.write_text(taught.read_text() + "# another\n")
    shipped = (paths.presets_dir() / "theremin.yaml").read_bytes()
    done = unpack(check_pack(packed(own_folders), "theremin"), NOW, replace=True)
    assert done.preset == paths.config_dir() / "presets" / "theremin.yaml"
    assert (paths.presets_dir() / "theremin.yaml").read_bytes() == shipped


def test_deleted_takes_are_packed_only_when_asked_for(taught: Path, own_folders: Path) -> None:
    with open_store(store_path("mine")) as store:
        store.delete(2)
    assert pack(PackRequest("mine", own_folders / "a.gspack"), NOW)[1].takes == 2
    assert pack(PackRequest("mine", own_folders / "b.gspack", deleted=True), NOW)[1].takes == 3
    with pytest.raises(UserError, match="one of the two flags"):
        pack(PackRequest("mine", own_folders / "c.gspack", skeletons=False, deleted=True), NOW)


def test_a_preset_without_takes_and_factory_examples_is_a_pack_too(taught: Path, own_folders: Path) -> None:
    (taught.parent / "bare.yaml").write_bytes(taught.read_bytes())
    file, manifest = pack(PackRequest("bare", own_folders / "bare.gspack"), NOW)
    assert [part.name for part in manifest.parts] == ["preset.yaml"]
    assert unpack(check_pack(file, "bare2"), NOW).takes == ""
    assert not store_path("bare2").exists()


def test_a_preset_that_reads_a_scala_file_is_not_packed(taught: Path, own_folders: Path) -> None:
    taught.with_name("own.scl").write_text("own\n2\n3/2\n2/1\n")
    text = taught.read_text()
    assert "name: minor pentatonic" in text
    taught.write_text(text.replace("name: minor pentatonic", "name: own.scl"))
    with pytest.raises(UserError, match=r"reads own.scl, and a pack holds no Scala file: use a scale and a tuning"):
        packed(own_folders)


def test_a_preset_that_plays_sound_files_is_not_packed(taught: Path, own_folders: Path) -> None:
    write_tone(taught.parent / "samples" / "C4.wav", 261.63)
    taught.write_text(
        taught.read_text().replace("instruments:", "instruments:\n  extra: {kind: sampler, sounds: samples}")
    )
    with pytest.raises(UserError, match=r"plays the sound files of .*samples, and a pack holds no sound"):
        packed(own_folders)


def test_a_preset_with_a_mistake_is_not_packed(taught: Path, own_folders: Path) -> None:
    taught.write_text("features: [nonsense]\n")
    with pytest.raises(UserError, match="nonsense"):
        packed(own_folders)
    assert not (own_folders / "p.gspack").exists()
