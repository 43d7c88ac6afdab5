"""Folders that can be moved, and sockets that fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.sources import resolve


@pytest.mark.parametrize("kind", ["config", "state", "runtime", "cache"])
def test_each_folder_can_be_overridden(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GESTURESYNTH_{kind.upper()}_DIR", "/somewhere/else")
    assert getattr(paths, f"{kind}_dir")() == Path("/somewhere/else")


@pytest.mark.parametrize("kind", ["config", "state", "runtime", "cache"])
def test_without_an_override_the_name_of_the_project_is_in_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"GESTURESYNTH_{kind.upper()}_DIR", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert "gesturesynth" in str(getattr(paths, f"{kind}_dir")())


def test_a_session_has_its_runtime_folder_where_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GESTURESYNTH_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    assert paths.runtime_dir() == Path("/run/user/1000/gesturesynth")


def test_a_socket_too_long_for_the_system_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", "/" + "r" * 80)
    assert paths.socket_path("engine", "status").name == "status"
    monkeypatch.setenv("GESTURESYNTH_RUNTIME_DIR", "/" + "r" * 95)
    with pytest.raises(UserError, match="GESTURESYNTH_RUNTIME_DIR to a shorter"):
        paths.socket_path("engine", "status")


def test_a_private_folder_is_for_its_owner_only(own_folders: Path) -> None:
    made = paths.private_folder(own_folders / "a" / "b")
    assert made.stat().st_mode & 0o077 == 0
    assert paths.private_folder(made) == made


def test_a_folder_that_cannot_be_made_is_reported_in_a_sentence(own_folders: Path) -> None:
    (own_folders / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made"):
        paths.private_folder(own_folders / "file" / "sub")


def test_a_folder_that_the_system_made_for_a_group_is_taken_as_it_is(own_folders: Path) -> None:
    made = own_folders / "run" / "engine"
    made.mkdir(parents=True, mode=0o750)
    made.chmod(0o750)
    assert paths.private_folder(made) == made
    assert made.stat().st_mode & 0o777 == 0o750


def test_the_runtime_folder_of_what_runs_is_found(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = own_folders / "service"
    monkeypatch.setattr(paths, "SYSTEM_RUNTIME", service)
    assert paths.running_dir() == own_folders / "runtime", "as the environment says"
    monkeypatch.delenv("GESTURESYNTH_RUNTIME_DIR")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_folders))
    own = own_folders / "gesturesynth"
    assert paths.running_dir() == own, "nothing runs"
    service.mkdir()
    assert paths.running_dir() == service
    (own / "conductor").mkdir(parents=True)
    assert paths.running_dir() == service, "the user's own ended"
    (own / "conductor" / "commands").touch()
    assert paths.running_dir() == own, "the user's own comes first"


def test_presets_and_the_demo_performer_are_found() -> None:
    assert (paths.presets_dir() / "theremin.yaml").is_file()
    assert paths.demo_performer().is_file()


def test_the_home_of_an_unknown_user_is_an_ordinary_name() -> None:
    assert paths.expanded("~/film.mp4") == Path.home() / "film.mp4"
    with pytest.raises(UserError, match="there is no such file"):
        resolve("~no-such-user/film.mp4")
    with pytest.raises(UserError, match="there is no model"):
        ensure_model("~no-such-user/own.task")
