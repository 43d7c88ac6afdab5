"""The latent of a preset: read with its files, checked, and taught by a few outputs instead of hundreds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.conductor.last_known_good import copy_of, save_copy
from gesturesynth.config.preset import loader
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.latent.vectors import seed_vector
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.ops.packs.pack import PackRequest, pack
from gesturesynth.pipeline.fit_job import fit_job

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HEAD = "name: Faces\nfeatures: [right_wrist.height]\nlatent:\n"


def written(text: str, folder: Path) -> Path:
    file = folder / "faces.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def problems(text: str, folder: Path) -> list[str]:
    try:
        loader.load(written(text, folder))
    except loader.PresetError as error:
        return [str(problem).removeprefix(f"{folder}/") for problem in error.problems]
    return []


def test_seeds_lists_and_files_become_latents_with_an_output_each(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.arange(4.0))
    (tmp_path / "mean.txt").write_text("1 1 1 1\n", encoding="utf-8")
    text = "  size: 4\n  snapshots: {1: 17, 2: [1, -2, 0.5, 0], 5: w.npy}\n  mean: mean.txt\n  truncation: 0.7\n"
    assert not problems(text, tmp_path)
    preset = loader.load(tmp_path / "faces.yaml")
    assert preset.latent
    assert [output.name for output in preset.outputs] == ["latent_1", "latent_2", "latent_5"]
    np.testing.assert_array_equal(preset.latent.vectors, [seed_vector(17, 4), [1, -2, 0.5, 0], [0, 1, 2, 3]])
    assert preset.snapshots[5] == {"latent_1": 0.0, "latent_2": 0.0, "latent_5": 1.0}
    assert preset.vector_files == ("w.npy", "mean.txt")
    assert loader.load(tmp_path / "faces.yaml") == preset


def test_snapshots_of_the_preset_play_beside_their_latents(tmp_path: Path) -> None:
    text = (
        "  snapshots: {1: 1, 2: 2}\nsnapshots:\n  1: {level: -20}\n  3: {latent_1: 0.5, latent_2: 0.5}\n"
        "outputs:\n  level: {to: drone.level}\n"
    )
    assert not problems(text, tmp_path)
    snapshots = loader.load(tmp_path / "faces.yaml").snapshots
    assert snapshots[1] == {"latent_1": 1.0, "latent_2": 0.0, "level": -20.0}
    assert snapshots[3] == {"latent_1": 0.5, "latent_2": 0.5}


def test_a_latent_of_512_numbers_is_taught_by_two_outputs(tmp_path: Path) -> None:
    file = written("  snapshots: {1: 17, 2: 42}\n", tmp_path)
    rows = [f"{take},,{height},{1 - take % 2},{take % 2}" for take in range(4) for height in (-1.0 + take % 2 * 2,)]
    head = "take,class,feature:right_wrist.height,output:latent_1,output:latent_2"
    file.with_suffix(".csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    mapping = fit(fit_job(loader.load(file)))
    assert len(mapping.models) <= 2
    np.testing.assert_allclose(mapping.predict(np.array([-1.0])), [1.0, 0.0], atol=0.05)
    np.testing.assert_allclose(mapping.predict(np.array([1.0])), [0.0, 1.0], atol=0.05)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  size: 4\n", "3:1: latent"),
        ("  snapshots: {}\n", "latent.snapshots"),
        ("  snapshots: {0: 1}\n", "'0' is not a number key"),
        ("  snapshots: {1: -3}\n", "4:18: latent.snapshots.1: '-3' is not a seed: a whole number from 0 to 4294967295"),
        ("  snapshots: {1: 1.5}\n", "'1.5' is not a seed"),
        ("  snapshots: {1: 99999999999}\n", "is not a seed"),
        ("  snapshots: {1: face.png}\n", "'face.png' is neither a seed, nor a list of numbers"),
        ("  snapshots: {1: ../w.npy}\n", "is neither a seed"),
        ("  snapshots: {1: w.npy}\n", "4:18: latent.snapshots.1: there is no file 'w.npy' in"),
        ("  size: 3\n  snapshots: {1: [1, 2]}\n", "5:18: latent.snapshots.1: this list has 2 numbers; `size` says 3"),
        ("  size: 2\n  snapshots: {1: [1, x]}\n", "one of these is not a number"),
        ("  size: 2\n  snapshots: {1: [0, 0]}\n", "no direction; write `interpolation: lerp`"),
        ("  size: 600\n  snapshots: {1: 1}\n", "600 is outside 1 to 512"),
        ("  snapshots: {1: 1}\n  interpolation: cubic\n", "'cubic' is not an interpolation"),
        ("  snapshots: {1: 1}\n  truncation: 3\n", "outside 0 to 2"),
        ("  size: 2\n  snapshots: {1: 1}\n  mean: [1]\n", "6:9: latent.mean: this list has 1 numbers"),
    ],
)
def test_each_mistake_has_its_place_and_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    found = problems(text, tmp_path)
    assert any(said in one for one in found), found
    assert len(found) == 1, found


def test_the_vector_is_sent_only_where_there_is_one(tmp_path: Path) -> None:
    osc = "osc: [{port: 9100, address: /latent, what: latent}]\n"
    assert not problems(f"  snapshots: {{1: 1}}\n{osc}", tmp_path)
    file = tmp_path / "bare.yaml"
    file.write_text(f"name: B\nfeatures: [lean]\noutputs:\n  a: {{}}\n{osc}", encoding="utf-8")
    with pytest.raises(loader.PresetError, match="'latent' is not something that can be sent"):
        loader.load(file)


def test_the_copy_has_the_files_and_a_pack_says_that_it_has_none(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.arange(4.0))
    file = written("  size: 4\n  snapshots: {1: w.npy}\n", tmp_path)
    preset = loader.load(file)
    save_copy(preset)
    assert loader.load(copy_of("faces")).latent == preset.latent
    with pytest.raises(UserError, match=r"'faces' reads w\.npy, and a pack holds latents as seeds and lists only"):
        pack(PackRequest(str(file), tmp_path / "faces.gspack"), NOW)
