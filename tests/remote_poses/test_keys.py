"""Keys: how they are written and read, who may read their files, and whom the list lets in."""

from __future__ import annotations

import grp
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.core.errors import UserError
from gesturesynth.remote_poses import allowed_keys, keys
from gesturesynth.remote_poses.allowed_keys import AllowedKeysFile, allow, forget, read_allowed
from gesturesynth.remote_poses.keys import key_text, make_own_key, own_key, parse_key

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PUBLIC = st.binary(min_size=32, max_size=32)


@given(PUBLIC)
def test_a_key_is_read_as_it_was_written_also_by_careless_typists(public: bytes) -> None:
    text = key_text(public)
    assert [len(group) for group in text.split("-")] == [7] * 8
    for written in (text, text.lower(), text.replace("-", ""), f" {text.replace('O', '0').replace('I', '1')} "):
        assert parse_key(written) == public


@given(PUBLIC, st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_wrong_character_is_noticed(public: bytes, place: int, letter: str) -> None:
    letters = list(key_text(public).replace("-", ""))
    if letters[place] == letter:
        return
    letters[place] = letter
    with pytest.raises(ValueError, match="typing mistake"):
        parse_key("".join(letters))


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 57, "!" * 56, "ä" * 56, "9" * 56])
def test_what_is_no_key_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="a key"):
        parse_key(text)


def test_the_own_key_is_made_once_for_its_user_alone(own_folders: Path) -> None:
    made = make_own_key(replace=False, now=NOW)
    assert own_key() == made
    file = own_folders / "config" / "keys" / "own.key"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert made.secret.decode() not in repr(made)
    with pytest.raises(UserError, match="has a key already"):
        make_own_key(replace=False, now=NOW)
    assert own_key() == made
    assert make_own_key(replace=True, now=NOW) != made


def test_a_secret_that_others_may_read_is_refused(own_folders: Path) -> None:
    make_own_key(replace=False, now=NOW)
    file = own_folders / "config" / "keys" / "own.key"
    file.chmod(0o640)
    with pytest.raises(UserError, match="chmod 600"):
        own_key()


@pytest.mark.parametrize("text", ["", "secret 00", "made yesterday\n", "secret " + "g" * 64, "\xff"])
def test_a_damaged_key_is_a_sentence(own_folders: Path, text: str) -> None:
    folder = own_folders / "config" / "keys"
    folder.mkdir(parents=True)
    (folder / "own.key").write_text(text, encoding="latin-1")
    (folder / "own.key").chmod(0o600)
    with pytest.raises(UserError, match=r"own\.key"):
        own_key()


def test_without_curve_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zmq.has", lambda _capability: False)  # a fake: every pyzmq here has CURVE
    with pytest.raises(UserError, match="no CURVE encryption"):
        make_own_key(replace=False, now=NOW)


def test_the_file_that_a_unit_gives_comes_before_the_folder(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_own_key(replace=False, now=NOW)
    (own_folders / "config" / "keys" / "own.key").rename(tmp_path / "own.key")
    monkeypatch.setenv("GESTURESYNTH_KEY_FILE", str(tmp_path / "own.key"))
    assert own_key().made == "2026-11-27T12:00:00Z"
    (tmp_path / "own.key").write_text("")
    with pytest.raises(UserError, match="`sudo gesturesynth keys new --replace --service`"):
        own_key()
    (tmp_path / "own.key").unlink()
    with pytest.raises(UserError, match="`sudo gesturesynth keys new --service`"):
        own_key()


def test_the_list_lets_in_whom_it_names_and_forgets(own_folders: Path) -> None:
    watched = AllowedKeysFile()
    assert watched.names == {}, "without a list nothing is let in"
    first, second = os.urandom(32), os.urandom(32)
    allow("stage", key_text(first), NOW)
    allow("foyer", key_text(second), NOW)
    assert watched.refresh()
    assert watched.names == {first: "stage", second: "foyer"}
    assert not watched.refresh()
    third = os.urandom(32)
    allow("stage", key_text(third), NOW)
    forget("foyer")
    assert [(entry.name, entry.public) for entry in read_allowed()] == [("stage", third)]
    assert (own_folders / "config" / "keys" / "allowed").stat().st_mode & 0o777 == allowed_keys.MODE


def test_mistakes_about_the_list_are_sentences() -> None:
    key = key_text(os.urandom(32))
    allow("stage", key, NOW)
    for name, text, sentence in (
        ("Stage", key, "not a name"),
        ("foyer", key, "allowed already, as 'stage'"),
        ("foyer", "AAAA", "keys show"),
    ):
        with pytest.raises(UserError, match=sentence):
            allow(name, text, NOW)
    with pytest.raises(UserError, match="there is stage"):
        forget("foyer")


def test_a_broken_list_lets_nothing_in(own_folders: Path) -> None:
    allow("stage", key_text(os.urandom(32)), NOW)
    watched = AllowedKeysFile()
    file = own_folders / "config" / "keys" / "allowed"
    file.write_text(f"{file.read_text()}foyer AAAA\n")
    assert watched.refresh()
    assert watched.names == {}
    assert "line 3" in watched.error
    assert keys.folder() == file.parent


def test_a_list_whose_rights_are_corrected_is_read_again(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = os.urandom(32)
    allow("stage", key_text(public), NOW)
    file = own_folders / "config" / "keys" / "allowed"

    def closed(_path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:  # a fake: root may read every file
        patch.setattr(Path, "open", closed)
        watched = AllowedKeysFile()
    assert "Permission denied" in watched.error
    file.chmod(0o640)
    assert watched.refresh()
    assert watched.names == {public: "stage"}


def test_the_list_of_the_service_is_never_forgotten_in_another_file(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesturesynth.core.paths.SYSTEM_CONFIG", tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "allowed").write_text(f"stage {key_text(os.urandom(32))}\n")
    forget("stage")
    assert read_allowed(tmp_path / "keys" / "allowed") == (), "what was read is what is changed"
    assert not (own_folders / "config" / "keys").exists()
    with monkeypatch.context() as patch:  # a fake: root may write everywhere
        patch.setattr(keys, "replace_file", lambda *_: os.open(tmp_path / "keys", os.O_WRONLY))
        with pytest.raises(UserError, match="sudo"):
            allow("stage", key_text(os.urandom(32)), NOW)


def test_keys_that_are_older_than_the_service_are_opened_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesturesynth.core.paths.SYSTEM_CONFIG", tmp_path)
    monkeypatch.setenv("GESTURESYNTH_CONFIG_DIR", str(tmp_path))
    owners: dict[str, tuple[int, int]] = {}
    monkeypatch.setattr(os, "geteuid", lambda: 0)  # fakes: tests may run without root, and without the service's users
    monkeypatch.setattr(os, "chown", lambda path, user, group: owners.update({Path(path).name: (user, group)}))
    monkeypatch.setattr(keys, "SERVICE_GROUP", "a group that is missing")
    make_own_key(replace=False, now=NOW)
    allow("stage", key_text(os.urandom(32)), NOW)
    assert owners == {}
    monkeypatch.setattr(keys, "SERVICE_GROUP", grp.getgrgid(0).gr_name)
    keys.open_to_service(tmp_path / "keys")
    assert owners == {"keys": (0, 0), "allowed": (0, 0)}
    modes = [(tmp_path / "keys" / name).stat().st_mode & 0o777 for name in ("", "allowed", "own.key")]
    assert modes == [0o750, 0o640, 0o600]
