"""The pose model, really fetched; and the errors when that fails."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.tracking.model import download, parts
from gesturesynth.tracking.model import wheel as wheel_download
from gesturesynth.tracking.model.tflite_metadata import with_normalisation


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, downloaded as on a user's computer."""
    return wheel_download.download(download.WHEEL, tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GESTURESYNTH_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


class FakeRegistry:
    """Replaces the registry: copies the wheel that was really downloaded, and counts the requests."""

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        self.requests = 0

    def __call__(self, _wheel: wheel_download.Wheel, folder: Path) -> Path:
        self.requests += 1
        return Path(shutil.copy(self.wheel, folder))


@pytest.fixture
def registry(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRegistry:
    fake = FakeRegistry(wheel)
    monkeypatch.setattr(download, "download", fake)
    return fake


def test_the_downloaded_wheel_has_the_known_hash(wheel: Path) -> None:
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == download.WHEEL.sha256


def test_a_first_call_fetches_and_a_second_one_does_not(cache: Path, registry: FakeRegistry) -> None:
    messages: list[str] = []
    bundle = download.ensure_model(progress=messages.append)
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() == download.BUNDLE_SHA256
    assert "36 MB" in messages[0]
    messages.clear()
    assert download.ensure_model("full", progress=messages.append) == bundle
    assert (registry.requests, messages) == (1, [])
    names = {path.name for path in cache.iterdir()}
    hands = parts.HANDS_NAME
    notes = {f"{name}.{note}" for name in (bundle.name, hands) for note in ("LICENSE", "NOTICE")}
    assert names == {bundle.name, hands, parts.FACE_NAME, "lock", *notes}
    assert download.ensure_parts(progress=messages.append) == parts.found(cache)
    assert (parts.found(cache).complete, registry.requests, messages) == (True, 1, [])
    assert "Apache License" in (cache / f"{bundle.name}.LICENSE").read_text(encoding="utf-8")
    assert "metadata added" in (cache / f"{bundle.name}.NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_file_in_the_cache_is_fetched_again(cache: Path, registry: FakeRegistry, damage: str) -> None:
    bundle = download.ensure_model()
    content = bytearray(bundle.read_bytes())
    content[5_000_000] ^= 1
    bundle.write_bytes(content if damage == "flip" else content[:5_000_000])
    download.ensure_model()
    assert registry.requests == 2
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() == download.BUNDLE_SHA256


def test_an_interrupted_fetch_leaves_no_incomplete_file(
    cache: Path, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_wheel: wheel_download.Wheel, folder: Path) -> Path:
        (folder / "half.whl").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(download, "download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        download.ensure_model()
    assert [path.name for path in cache.iterdir()] == ["lock"]
    (cache / "fetching-killed").mkdir()  # what a kill leaves
    monkeypatch.setattr(download, "download", registry)
    assert download.ensure_model().is_file()
    assert not list(cache.glob("fetching-*"))


def test_a_wheel_with_other_models_in_it_is_refused(cache: Path, registry: FakeRegistry, tmp_path: Path) -> None:
    forged = tmp_path / "forged.whl"
    with zipfile.ZipFile(forged, "w") as archive:
        for name in download.WHEEL_SHA256:
            archive.writestr(name, b"something else")
    registry.wheel = forged
    with pytest.raises(GestureSynthError, match="is not the file it should be"):
        download.ensure_model()
    assert [path.name for path in cache.iterdir()] == ["lock"]


@pytest.mark.skipif(sys.platform != "linux", reason="isolates itself with a network namespace")
def test_without_a_network_the_error_has_what_was_tried_and_what_to_do(cache: Path) -> None:
    script = (
        "from gesturesynth.tracking import network_isolation\n"
        "from gesturesynth.tracking.model import download\n"
        "from gesturesynth.core.errors import GestureSynthError\n"
        "assert network_isolation.leave_network() == network_isolation.NONE\n"
        "try: download.ensure_model()\n"
        "except GestureSynthError as error: print(error.exit_code, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 the pose model cannot be fetched: ")
    for word in ("3 attempts", "pip download", "--model FILE", "pose_landmarker_full.task"):
        assert word in done.stdout
    assert [path.name for path in cache.iterdir()] == ["lock"]


def test_without_hands_and_faces_the_sentence_is_about_them(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*_: object) -> Path:
        raise GestureSynthError("the registry cannot be reached")

    monkeypatch.setattr(download, "download", unreachable)
    with pytest.raises(GestureSynthError) as raised:
        download.ensure_parts()
    assert str(raised.value).startswith("the models of hands and faces cannot be fetched: the registry cannot")
    assert "fetch-model" in str(raised.value)
    assert "--model" not in str(raised.value), "a pose model of one's own has no hands"


def test_without_pip_the_error_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GestureSynthError, match=r"there is no pip.*--model FILE"):
        download.ensure_model()


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GESTURESYNTH_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(GestureSynthError, match=r"file/models.*GESTURESYNTH_CACHE_DIR"):
        download.ensure_model()


def test_an_own_bundle_is_taken_by_path(tmp_path: Path) -> None:
    bundle = tmp_path / "own.task"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr(download.DETECTOR, b"")
        archive.writestr(download.LANDMARKS, b"")
    assert download.ensure_model(str(bundle)) == bundle


def test_what_is_no_bundle_is_a_user_error(tmp_path: Path) -> None:
    text, half = tmp_path / "text.task", tmp_path / "half.task"
    text.write_text("hello")
    with zipfile.ZipFile(half, "w") as archive:
        archive.writestr(download.DETECTOR, b"")
    for model, why in (
        ("heavy", "there is no model heavy"),
        (str(tmp_path), "there is no model"),
        (str(text), "cannot be read as a model bundle"),
        (str(half), f"{download.LANDMARKS} is not in it"),
    ):
        with pytest.raises(UserError, match=why) as caught:
            download.ensure_model(model)
        assert "Allowed are `full`" in str(caught.value)


def schema(name: str) -> ModuleType:
    """MediaPipe's own reader of model files, by path: importing the package would load all of it."""
    package = importlib.util.find_spec("mediapipe")
    assert package
    assert package.origin
    path = Path(package.origin).parent / "tasks" / "metadata" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_metadata_reads_back_and_the_weights_are_untouched(wheel: Path) -> None:
    model_schema: Any = schema("schema_py_generated")
    metadata_schema: Any = schema("metadata_schema_py_generated")
    with zipfile.ZipFile(wheel) as archive:
        raw = archive.read(download.WHEEL_LANDMARKS)
    changed = with_normalisation(raw, mean=0.0, std=255.0)
    assert changed.endswith(raw)
    old, new = (model_schema.Model.GetRootAsModel(data, 0) for data in (raw, changed))
    assert (new.Version(), new.Description()) == (old.Version(), old.Description())
    assert new.Subgraphs(0).TensorsLength() == old.Subgraphs(0).TensorsLength()
    for number in range(old.BuffersLength()):
        assert np.array_equal(new.Buffers(number).DataAsNumpy(), old.Buffers(number).DataAsNumpy())
    names = [new.Metadata(number).Name() for number in range(new.MetadataLength())]
    assert names == [old.Metadata(number).Name() for number in range(old.MetadataLength())] + [b"TFLITE_METADATA"]
    content = new.Buffers(new.Metadata(len(names) - 1).Buffer()).DataAsNumpy().tobytes()
    metadata = metadata_schema.ModelMetadataT.InitFromObj(metadata_schema.ModelMetadata.GetRootAs(content))
    options = metadata.subgraphMetadata[0].inputTensorMetadata[0].processUnits[0].options
    assert (list(options.mean), list(options.std)) == ([0.0], [255.0])


def test_what_is_no_model_gets_no_metadata() -> None:
    with pytest.raises(ValueError, match="no TensorFlow Lite model"):
        with_normalisation(b"something else", 0.0, 1.0)
