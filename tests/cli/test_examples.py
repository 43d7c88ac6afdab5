"""`gesturesynth examples`: what a person types in a shell, also while the service has the examples open."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cyclopts
import numpy as np
import pytest
import yaml

from gesturesynth.cli import app, examples
from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.arff import read_arff
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from tests.support.stored_takes import open_store, poses

Shell = Callable[..., str]
SOUND = {"pitch": 220.0, "level": -12.0, "timbre": 0.1}


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `gesturesynth examples ...` and gives what it prints; what goes wrong is raised, as `cli.main` wants it."""

    def run(*arguments: str | Path) -> str:
        capsys.readouterr()
        examples.app(
            [str(argument) for argument in arguments],
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        return capsys.readouterr().out

    return run


@pytest.fixture
def service(own_folders: Path) -> ExampleStore:
    """The store as the running service has it open: two takes."""
    store = open_store(store_path("theremin"))
    store.add_take("1", SOUND, "", poses(6, 20.0))
    store.add_take("2", SOUND | {"pitch": 880.0}, "", poses(9, 120.0, empty_frames=(4,)))
    return store


def test_takes_are_listed_while_the_service_runs(service: ExampleStore, shell: Shell) -> None:
    listed = shell("list", "--preset", "theremin")
    assert [line.split()[:3] for line in listed.splitlines()[1:]] == [["1", "1", "6"], ["2", "2", "8"]]
    found = json.loads(shell("list", "--preset", "theremin", "--json"))
    assert [(take["take"], take["target"], take["rows"], take["deleted"]) for take in found] == [
        (1, "1", 6, False),
        (2, "2", 8, False),
    ]
    service.close()


def test_the_examples_of_one_output_are_deleted_and_the_service_sees_it(service: ExampleStore, shell: Shell) -> None:
    assert shell("delete", "--output", "level", "-p", "theremin").startswith(
        "the examples of level deleted: 2 takes. The key u"
    )
    assert service.named_counts() == {"pitch": 2, "timbre": 2}
    assert "level" not in shell("show", "1", "-p", "theremin")
    service.undo()
    assert service.named_counts() == dict.fromkeys(SOUND, 2)


def test_a_take_is_deleted_and_restored_and_the_service_sees_it(service: ExampleStore, shell: Shell) -> None:
    assert shell("delete", "1", "-p", "theremin") == "take 1 for 1 (6 rows) deleted\n"
    assert [info.id for info in service.takes()] == [2]
    assert [take["take"] for take in json.loads(shell("list", "-p", "theremin", "--json"))] == [2]
    assert "deleted" in shell("list", "-p", "theremin", "--deleted").splitlines()[1]
    assert json.loads(shell("restore", "1", "-p", "theremin", "--json")) == {"done": "take 1 for 1 (6 rows) restored"}
    assert service.undo() == "undone: take 1 for 1 (6 rows) restored"
    service.close()


def test_a_take_is_erased_for_good(service: ExampleStore, shell: Shell) -> None:
    assert shell("delete", "1", "2", "-p", "theremin", "--for-good", "--quiet") == ""
    assert service.takes(deleted=True) == ()
    service.close()


def test_a_take_is_shown_with_its_sound_and_its_features(service: ExampleStore, shell: Shell) -> None:
    text = shell("show", "2", "-p", "theremin")
    assert "pitch = 880" in text
    assert "right_wrist.height:" in text
    shown = json.loads(shell("show", "2", "-p", "theremin", "--json"))
    assert shown["sound"]["pitch"] == 880.0
    height = shown["features"]["right_wrist.height"]
    assert -1.5 < height["low"] <= height["middle"] <= height["high"] < 1.5
    service.close()


@pytest.mark.parametrize("ending", ["csv", "arff"])
def test_examples_go_out_and_come_in_again(service: ExampleStore, shell: Shell, own_folders: Path, ending: str) -> None:
    file = own_folders / f"out.{ending}"
    assert shell("export", file, "-p", "theremin") == f"{file}: 14 rows\n"
    theremin = loader.load(loader.find("theremin"))
    outputs = [output.name for output in theremin.outputs]
    before = service.examples(theremin.features, outputs, theremin.smoothing)
    written = (read_csv if ending == "csv" else read_arff)(file)
    np.testing.assert_array_equal(written.X, before.X)
    np.testing.assert_array_equal(written.Y, before.Y)
    service.clear()
    assert shell("import", file, "-p", "theremin") == f"14 rows from {file} are now 2 takes of 'Air theremin'\n"
    after = service.examples(theremin.features, outputs, theremin.smoothing)
    np.testing.assert_array_equal(after.X, before.X)
    np.testing.assert_array_equal(after.Y, before.Y)
    service.close()


def test_factory_examples_can_be_imported_to_build_upon(shell: Shell) -> None:
    shell("import", paths.presets_dir() / "drums.csv", "-p", "drums")
    factory = read_csv(paths.presets_dir() / "drums.csv")
    found = json.loads(shell("list", "-p", "drums", "--json"))
    assert sum(take["rows"] for take in found) == len(factory)
    assert {take["class"] for take in found} == set(factory.labels.tolist())


def own_theremin(**changes: object) -> Preset:
    """A preset of one's own in the place of the shipped one, with other sections."""
    document = yaml.safe_load(loader.find("theremin").read_text(encoding="utf-8"))
    document |= changes
    mine = paths.config_dir() / "presets" / "theremin.yaml"
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return loader.load(mine)


def test_rows_that_do_not_know_a_feature_are_exported_with_an_open_cell(
    service: ExampleStore, shell: Shell, own_folders: Path
) -> None:
    own_theremin(features=["right_wrist.height", "lean"])
    narrow = read_csv(paths.presets_dir() / "theremin.csv")
    service.add_examples(narrow, "theremin.csv")  # they do not have the lean
    report = json.loads(shell("export", own_folders / "x.csv", "-p", "theremin", "--json"))
    assert (report["rows"], report["left_out"]) == (14 + len(narrow), 0)
    assert any(f"feature lean ({len(narrow)} rows)" in note for note in report["notes"])
    written = read_csv(own_folders / "x.csv")
    assert written.columns[:2] == columns(("right_wrist.height", "lean"))
    np.testing.assert_array_equal(np.isnan(written.X[:, 1]), np.arange(len(written)) >= 14)
    left = written.columns.index("left_wrist.height")
    np.testing.assert_array_equal(written.X[14:, left], narrow.X[:, narrow.columns.index("left_wrist.height")])
    service.close()


@pytest.mark.parametrize("ending", ["csv", "arff"])
def test_an_export_drops_no_number_when_outputs_come_and_go(
    service: ExampleStore, shell: Shell, own_folders: Path, ending: str
) -> None:
    theremin = loader.load(loader.find("theremin"))
    outputs = {output.name: {"to": output.to} for output in theremin.outputs}
    del outputs["timbre"]
    own_theremin(outputs=outputs | {"hum": {"to": "drone.level"}}, snapshots={}, idle={})
    said = shell("export", own_folders / f"x.{ending}", "-p", "theremin")
    assert "the preset does not have them: output timbre" in said
    assert "output hum (14 rows)" in said
    written = (read_csv if ending == "csv" else read_arff)(own_folders / f"x.{ending}")
    assert written.outputs == ("pitch", "level", "hum", "timbre")
    np.testing.assert_array_equal(written.Y[0], [220.0, -12.0, np.nan, 0.1])
    np.testing.assert_array_equal(written.Y[-1], [880.0, -12.0, np.nan, 0.1])
    service.clear()
    shell("import", own_folders / f"x.{ending}", "-p", "theremin")
    assert service.sound(3) == {}
    after = service.examples(("right_wrist.height",), written.outputs, None)
    np.testing.assert_array_equal(after.Y, written.Y)
    service.close()


def test_the_same_export_imported_twice_does_not_count_twice(
    service: ExampleStore, shell: Shell, own_folders: Path
) -> None:
    file = own_folders / "out.csv"
    shell("export", file, "-p", "theremin")
    with pytest.raises(UserError, match=r"is there already, row by row the same \(take 1, 2\): nothing was imported"):
        shell("import", file, "-p", "theremin")
    assert len(service.takes()) == 2
    service.delete(2)
    assert shell("import", file, "-p", "theremin").startswith("8 rows from ")
    with pytest.raises(UserError, match=r"take 1, 3"):
        shell("import", file, "-p", "theremin")
    assert shell("import", file, "-p", "theremin", "--again").startswith("14 rows from ")
    assert len(service.takes()) == 4
    service.close()


def test_values_far_outside_a_range_are_said_when_they_are_imported(
    own_folders: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_folders / "wekinator.csv"
    file.write_text(
        "feature:right_wrist.height,feature:left_wrist.height,output:pitch,output:level\n"
        "0.1,1,0.9,-6\n0.2,0,0.1,-5\n0.3,2,0.5,-500\n",
        encoding="utf-8",
    )
    examples.app(["import", str(file), "-p", "theremin"], exit_on_error=False, result_action="return_value")
    said = capsys.readouterr()
    assert "3 rows" in said.out
    assert "all 3 values of 'pitch' are outside its range of 165 to 880 Hz (they go from 0.1 to 0.9" in said.err
    assert "they look like 0 to 1, while 'pitch' is in Hz" in said.err
    assert "1 of 3 values of 'level'" in said.err
    assert "says nothing about the output timbre" in said.err
    assert "does not have the feature hands.distance" in said.err


def test_takes_of_a_preset_that_was_renamed_are_hinted_at_and_taken_over(
    service: ExampleStore, shell: Shell, own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.save_snapshot(7, SOUND)
    service.close()
    store_path("theremin").parent.rename(store_path("old_one").parent)
    assert "There are takes of 'old_one' (2 takes)" in shell("list", "-p", "theremin")
    with pytest.raises(UserError, match="examples copy old_one --preset theremin"):
        shell("export", own_folders / "x.csv", "-p", "theremin")
    app.app(["preset", "check", "theremin"], exit_on_error=False, result_action="return_value")
    assert "There are takes of 'old_one' (2 takes)" in capsys.readouterr().out
    assert "2 takes and 1 snapshots copied" in shell("copy", "old_one", "-p", "theremin")
    with open_store(store_path("theremin")) as store, open_store(store_path("old_one")) as old:
        theremin = loader.load(loader.find("theremin"))
        new, former = (one.examples(theremin.features, ["pitch"], theremin.smoothing) for one in (store, old))
        np.testing.assert_array_equal(new.X, former.X)
        np.testing.assert_array_equal(new.Y, former.Y)
        assert store.snapshots() == old.snapshots() == {7: SOUND}
        assert store.undo() == "undone: 2 takes and 1 snapshots copied"
        assert store.takes() == ()
        assert store.snapshots() == {}
    assert "There are takes" not in shell("list", "-p", "drums"), "they teach nothing that drums has"


def test_preset_check_counts_what_was_imported(
    own_folders: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell("import", paths.presets_dir() / "theremin.csv", "-p", "theremin")
    rows = len(read_csv(paths.presets_dir() / "theremin.csv"))
    takes = len(json.loads(shell("list", "-p", "theremin", "--json")))
    app.app(["preset", "check", "theremin"], exit_on_error=False, result_action="return_value")
    assert f"{takes} takes taught here, {rows} examples" in capsys.readouterr().out


def test_looking_where_nothing_was_taught_leaves_nothing_behind(shell: Shell) -> None:
    assert shell("list", "-p", "drums") == "There are no examples of 'drums'.\n"
    assert json.loads(shell("list", "-p", "drums", "--json")) == []
    assert not paths.state_dir().exists()


def test_examples_of_a_preset_whose_file_is_gone_can_still_be_seen(shell: Shell) -> None:
    open_store(store_path("old_piece")).close()
    assert shell("list", "-p", "old_piece") == "There are no examples of 'old_piece'.\n"


def test_a_damaged_database_is_said_on_the_error_channel(
    own_folders: Path, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    store_path("theremin").parent.mkdir(parents=True)
    store_path("theremin").write_text("Dear diary", encoding="utf-8")
    examples.app(["list", "-p", "theremin", "--json"], exit_on_error=False, result_action="return_value")
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert "set aside as" in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "-p", "thermin"], "did you mean 'theremin'"),
        (["list", "-p", f"{paths.presets_dir()}/../presets"], "is a folder"),
        (["delete", "-p", "theremin"], "say which takes to delete"),
        (["restore", "-p", "theremin"], "say which takes to restore"),
        (
            ["delete", "--output", "levle", "-p", "theremin"],
            "'levle' is not an output that a take of it names, did you",
        ),
        (["delete", "1", "--output", "level", "-p", "theremin"], "say it alone"),
        (["delete", "9", "-p", "theremin"], r"no take 9 \(there are 1, 2\)"),
        (["restore", "1", "-p", "theremin"], "not deleted"),
        (["show", "9", "-p", "theremin"], "no take 9"),
        (["show", "1", "-p", "drums"], "'drums' has not been taught yet"),
        (["export", "x.txt", "-p", "theremin"], "must end in .csv or .arff"),
        (["import", "x.txt", "-p", "theremin"], "must end in .csv or .arff"),
        (["import", "nowhere.csv", "-p", "theremin"], "cannot be read"),
        (["import", "nowhere.arff", "-p", "theremin"], "cannot be read"),
        (
            ["import", str(paths.presets_dir() / "drums.csv"), "-p", "theremin"],
            "does not fit 'Air theremin': it does not hold",
        ),
        (["export", str(paths.presets_dir() / "drums.csv"), "-p", "theremin"], "not overwritten"),
    ],
)
def test_what_cannot_be_done_is_the_users_and_a_sentence(
    service: ExampleStore, shell: Shell, arguments: list[str], said: str
) -> None:
    before = service.takes(deleted=True)
    with pytest.raises(UserError, match=said):
        shell(*arguments)
    assert service.takes(deleted=True) == before
    service.close()


def test_a_file_that_cannot_be_written_is_not_left_behind(
    service: ExampleStore, shell: Shell, own_folders: Path
) -> None:
    with pytest.raises(GestureSynthError, match="cannot be written"):
        shell("export", own_folders / "no" / "x.csv", "-p", "theremin")
    assert not (own_folders / "no").exists()
    service.close()


def test_a_word_that_is_no_number_is_refused_by_the_parser(service: ExampleStore, shell: Shell) -> None:
    with pytest.raises(cyclopts.CycloptsError):
        shell("delete", "one", "-p", "theremin")
    assert len(service.takes()) == 2
    service.close()
