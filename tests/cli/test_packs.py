"""`gesturesynth pack` and `unpack`, as a person or a program uses them in a shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gesturesynth.cli import app
from gesturesynth.core import paths
from gesturesynth.mapping.examples.store import store_path
from tests.support.stored_takes import open_store, poses

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `gesturesynth ...` in a folder of its own: exit code, output, errors."""
    monkeypatch.chdir(own_folders)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            app.main(list(arguments))
        printed = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, printed.out, printed.err

    return run


@pytest.fixture
def taught(own_folders: Path) -> None:
    with open_store(store_path("theremin")) as store:
        store.add_take("1", {"pitch": 220.0}, "", poses(9))


@pytest.mark.usefixtures("taught")
def test_a_pack_says_what_is_in_it_and_whose_skeletons(shell: Shell) -> None:
    code, said, _ = shell("pack", "theremin")
    assert code == 0
    assert said.startswith("theremin.gspack: 'theremin' (Air theremin), factory examples, 1 take with skeletons\n")
    assert "only if they agree" in said
    assert "only if they agree" not in shell("pack", "theremin", "b.gspack", "--without-skeletons")[1]
    assert shell("pack", "theremin", "c.gspack", "--quiet") == (0, "", "")
    facts = json.loads(shell("pack", "theremin", "d.gspack", "--json")[1])
    assert (facts["takes"], facts["skeletons"], facts["file"]) == (1, 1, "d.gspack")


@pytest.mark.usefixtures("taught")
def test_mistakes_are_sentences_with_exit_code_2(shell: Shell, own_folders: Path) -> None:
    shell("pack", "theremin")
    (own_folders / "x.gspack").write_text("no pack")
    for arguments, said in [
        (("pack", "theremin"), "exists already"),
        (("pack", "theremin", "x.zip"), "must end in .gspack"),
        (("pack", "nothing"), "there is no preset 'nothing'"),
        (("unpack", "x.gspack"), "is no pack"),
        (("unpack", "theremin.gspack"), "--as NAME"),
        (("unpack", "theremin.gspack", "--as", "../x"), "cannot be the name of a preset"),
    ]:
        code, out, error = shell(*arguments)
        assert (code, out) == (2, ""), arguments
        assert said in error
        assert "Traceback" not in error


@pytest.mark.usefixtures("taught")
def test_a_pack_is_looked_at_first_and_unpacked_under_another_name(shell: Shell) -> None:
    shell("pack", "theremin")
    code, said, _ = shell("unpack", "theremin.gspack", "--check")
    assert code == 0
    assert "On this computer under the name 'theremin' there are 1 take and 0 snapshots already." in said
    assert not (paths.config_dir() / "presets").exists()
    code, said, _ = shell("unpack", "theremin.gspack", "--as", "mine")
    assert code == 0
    assert "gesturesynth run --preset mine" in said
    facts = json.loads(shell("unpack", "theremin.gspack", "--as", "yours", "--json")[1])
    assert (facts["installed"], facts["backup"]) == ("yours", "")
    assert Path(facts["preset_file"]).is_file()


@pytest.mark.usefixtures("taught")
def test_a_stranger_s_preset_that_sends_osc_or_changes_presets_says_so(shell: Shell, own_folders: Path) -> None:
    own = own_folders / "talks.yaml"
    text = (paths.presets_dir() / "drums.yaml").read_text()
    text = text.replace("{trigger: percussion.kick}", "{trigger: percussion.kick, preset: elsewhere}")
    own.write_text(text + "\nosc:\n  - host: 192.168.7.7\n    port: 9001\n    address: /x/\n")
    code, _, error = shell("pack", str(own), "p.gspack")
    assert (code, error) == (0, "")
    said = shell("unpack", "p.gspack")[1]
    assert "sends OSC to 192.168.7.7:9001" in said
    assert "change to elsewhere" in said


@pytest.mark.usefixtures("taught")
def test_what_was_replaced_can_be_brought_back(shell: Shell) -> None:
    shell("pack", "theremin")
    code, said, _ = shell("unpack", "theremin.gspack", "--replace")
    assert code == 0
    assert "instead of take 1" in said
    assert "`undo` (the key u) brings the former takes back." in said
