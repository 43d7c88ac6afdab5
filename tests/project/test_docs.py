"""What is written for people is true: tables are current, links lead somewhere, commands and files work as shown."""

from __future__ import annotations

import csv
import io
import re
import shlex
import string
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import gesturesynth
from gesturesynth.cli.app import app
from gesturesynth.config.preset import loader
from gesturesynth.config.settings.settings import Settings, load_settings
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.limits import AllowList
from gesturesynth.control.osc.protocol import OscCall, OscProtocol
from gesturesynth.control.session.transitions import TAKING, TRAINING
from gesturesynth.mapping.examples.dataset import read_csv
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.pubsub import TOPICS
from tests.cli.test_live_view import shown, taught
from tools.reference_pages import BLOCKS, PACKAGE, ROOT, names, pages, renewed

FRAGMENT = "<!-- a fragment -->"
MORE = "<!-- more of the above -->"
SETTINGS = "<!-- settings -->"
OTHER_PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "systemd/README.md")
PAGES = [*pages(), *(ROOT / name for name in OTHER_PAGES)]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [match[1] for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]


# ----------------------------------------------------------------------------------------------------- generated parts
@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_is_made_from_the_code_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert renewed(text) == text, f"{page.name} differs from the code: run `make docs`"
    assert text.count("<!-- generated:") == len(names(text)), "a block without its end"


def test_every_table_stands_on_one_page() -> None:
    found = [name for page in pages() for name in names(page.read_text(encoding="utf-8"))]
    assert sorted(found) == sorted(BLOCKS)


def test_a_block_is_replaced_and_nothing_else() -> None:
    text = "before\n<!-- generated: models -->\nold\n<!-- end of models -->\nafter\n"
    new = renewed(text)
    assert "old" not in new
    assert "| `rbf` |" in new
    assert new.startswith("before\n<!-- generated: models -->\n")
    assert new.endswith("\n<!-- end of models -->\nafter\n")


# --------------------------------------------------------------------------------------------------------------- links
def anchors(page: Path) -> set[str]:
    """The headings of a page as the ends of links to them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    kept = set(string.ascii_lowercase + string.digits + "-_ ")
    return {"".join(c for c in heading.lower() if c in kept).replace(" ", "-") for heading in headings}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_file(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(there), f"{page.name}: no heading for {target}"


def test_the_picture_is_whole_and_needs_nothing_from_elsewhere() -> None:
    picture = ET.fromstring(text_of("docs/picture.svg"))  # noqa: S314 - our own file
    assert picture.find("{http://www.w3.org/2000/svg}title") is not None
    references = [value for part in picture.iter() for name, value in part.attrib.items() if name.endswith("href")]
    assert references == []


# ------------------------------------------------------------------------------------------------------------ commands
def commands(page: Path) -> Iterator[str]:
    """Every command line of ours on a page."""
    text = page.read_text(encoding="utf-8")
    for block in code_blocks(text, "sh"):
        yield from (line for line in block.splitlines() if line.startswith("gesturesynth"))
    yield from (f"gesturesynth run {flags}" for flags in re.findall(r'make run ARGS="([^"]*)"', text))


def mentions(page: Path) -> Iterator[str]:
    """Every command in the midst of a sentence: a verb alone, or with its arguments."""
    yield from re.findall(r"`(gesturesynth [^`\n]+)`", page.read_text(encoding="utf-8"))


@each_page
def test_every_command_is_understood(page: Path) -> None:
    for line in commands(page):
        app.parse_args(shlex.split(line, comments=True)[1:], exit_on_error=False, print_error=False)
    for line in mentions(page):
        text = [word for word in shlex.split(line)[1:] if word != "..."]
        verbs, _, rest = app.parse_commands(text)
        assert verbs, line
        if rest:
            app.parse_args(text, exit_on_error=False, print_error=False)


def osc_messages(page: Path) -> Iterator[list[str]]:
    """What every `oscsend` of a page sends: address, types, values."""
    for block in code_blocks(page.read_text(encoding="utf-8"), "sh"):
        for line in block.splitlines():
            if line.startswith("oscsend localhost 9000 "):
                yield shlex.split(line, comments=True)[3:]


@each_page
def test_every_osc_message_is_understood(page: Path) -> None:
    protocol = OscProtocol(AllowList(()), ("127.0.0.1", 9000), b"")
    read = {"i": int, "f": float, "s": str}
    for second, (address, *rest) in enumerate(osc_messages(page)):
        types, values = (rest[0], rest[1:]) if rest else ("", [])
        datagram = encode(address, *(read[kind](value) for kind, value in zip(types, values, strict=True)))
        for answer in protocol.receive(datagram, ("127.0.0.1", 40000), float(second)):
            assert isinstance(answer, OscCall) or answer.ok, answer


def test_commands_are_found_where_they_stand() -> None:
    assert len(list(osc_messages(ROOT / "docs" / "osc.md"))) >= 6
    assert "gesturesynth record --wait" in {line.split("  ")[0] for line in commands(ROOT / "docs" / "commands.md")}
    found = list(commands(ROOT / "README.md"))
    assert "gesturesynth run --preset drums" in found
    assert any(line.startswith("gesturesynth render ") for line in found)


@each_page
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    requested = re.findall(r"(?:^ {4}|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(requested) <= targets


# ------------------------------------------------------------------------------------------------- presets and settings
MINIMAL = "name: Any\nfeatures: [lean]\noutputs:\n  pitch: {to: theremin.pitch}\n"


def yaml_blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Every YAML block of a page with the mark above it, if any."""
    text = page.read_text(encoding="utf-8")
    for match in re.finditer(r"^(<!-- [a-z ]+ -->\n)?```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield (match[1] or "").strip(), match[2]


@each_page
def test_every_preset_and_settings_file_shown_can_be_used(page: Path, tmp_path: Path) -> None:
    above = ""
    for mark, block in yaml_blocks(page):
        if mark == SETTINGS:
            file = tmp_path / "gesturesynth.yaml"
            file.write_text(block, encoding="utf-8")
            settings = load_settings(file)
            assert settings != Settings()
            for section in (settings.osc, settings.inputs):
                others = AllowList(section.allow)
                assert others or section.host.startswith("127."), "the port is open, and no sender is allowed"
        else:
            before = {FRAGMENT: MINIMAL, MORE: above}.get(mark, "")
            loader.loads(before + block, page)
            above = block if not mark else above


def test_the_first_piece_learns_from_the_examples_on_its_page(tmp_path: Path) -> None:
    page = text_of("docs/first-piece.md")
    yaml, snapshots = code_blocks(page, "yaml")
    by_hand, table, from_a_body = code_blocks(page, "csv")
    file = tmp_path / "tide.yaml"
    file.write_text(yaml, encoding="utf-8")
    tide = loader.load(file)
    for rows in (by_hand, from_a_body):
        tide.examples_path.write_text(rows, encoding="utf-8")
        mapping = fit(fit_job(tide))
        taught = read_csv(tide.examples_path)
        for x, y in zip(taught.X, taught.Y, strict=True):
            wanted = [output.position(value) for output, value in zip(tide.mapping_outputs(), y, strict=True)]
            np.testing.assert_allclose(mapping.predict(x), wanted, atol=0.08)
            assert mapping.confidence(x) == 1.0
    # The snapshots are the sounds of the examples by hand.
    shown = loader.loads(yaml + snapshots, file).snapshots
    sounds = [[shown[number][output.name] for output in tide.outputs] for number in sorted(shown)]
    tide.examples_path.write_text(by_hand, encoding="utf-8")
    np.testing.assert_allclose(sounds, read_csv(tide.examples_path).Y)
    # The second examples are rows of the table, which has the columns that `render` writes.
    head, *frames = csv.reader(io.StringIO(table))
    outputs = [f"output:{output.name}" for output in tide.outputs]
    assert head == ["time_s", "present", *(f"feature:{name}" for name in RunningPreset(tide).columns), *outputs]
    measured = np.array(frames, dtype=np.float64)[:, 2:4]
    np.testing.assert_allclose(np.sort(measured, axis=0), np.sort(taught.X, axis=0), atol=0.006)


def test_the_mistake_on_the_first_page_is_answered_as_it_says() -> None:
    page = text_of("docs/first-piece.md")
    yaml, _ = code_blocks(page, "yaml")
    with pytest.raises(loader.PresetError) as refused:
        loader.loads(yaml.replace("drone.pitch", "drone.pich"), "tide.yaml")
    assert " ".join(str(refused.value).split()) in " ".join(page.split())


# ------------------------------------------------------------------------------------------ pictures of the terminal
def rows_of(screen: str) -> set[str]:
    """The words at the beginning of its rows of facts."""
    facts = (line for line in screen.splitlines()[1:-1] if not re.match(r" |$|\S+ +▕", line))
    return {line.split()[0] for line in facts}


@pytest.mark.parametrize("name", ["training.md", "first-piece.md"])
def test_the_pictures_of_the_terminal_look_as_it_does(name: str) -> None:
    screen = shown(taught(target="1", takes={"1": 1}))
    pictures = [block for block in code_blocks(text_of(f"docs/{name}"), "text") if block.startswith("Gesture Synth")]
    assert pictures
    for picture in pictures:
        assert picture.splitlines()[-1].strip() == screen.splitlines()[-1].strip()
        rows = rows_of(picture) - {"scale"}  # which only pieces in a scale have
        assert {"source", "person", "mapping", "sound", "teaching"} <= rows <= rows_of(screen)


# -------------------------------------------------------------------------------------------- architecture and changes
def test_every_file_that_the_architecture_names_exists() -> None:
    files = [file for folder in (PACKAGE, ROOT / "tests", ROOT / "tools") for file in folder.rglob("*.py")]
    there = {str(file.relative_to(PACKAGE if PACKAGE in file.parents else ROOT)) for file in files}
    named = re.findall(r"[a-z_][a-z_0-9/]*\.py\b", text_of("docs/architecture.md"))
    bare = {file.name for file in files if PACKAGE in file.parents}
    missing = {name for name in named if name not in there and not ("/" not in name and name in bare)}
    assert len(named) > 200
    assert not missing


def test_the_architecture_lists_every_package() -> None:
    there = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()}
    page = text_of("docs/architecture.md")
    assert set(re.findall(r"^### `(\w+)/`$", page, re.MULTILINE)) == there
    assert set(re.findall(r"^\| \d \| `(\w+)` \|", page, re.MULTILINE)) == there


def test_the_state_diagrams_hold_every_state_of_the_tables() -> None:
    page = text_of("docs/architecture.md")
    for states in (
        {move.phase for move in TAKING.values()},
        {move.training for move in TRAINING.values()},
    ):
        for state in states:
            assert re.search(rf"^    {state} --> \w+: ", page, re.MULTILINE), state


def test_the_architecture_knows_every_message() -> None:
    page = text_of("docs/architecture.md")
    for message, (process, _) in TOPICS.items():
        assert re.search(rf"^\| `{message.__name__}` \| {process} \|", page, re.MULTILINE), message.__name__


def test_every_file_that_contributing_names_exists() -> None:
    named = set(re.findall(r"(?<![/.\w])[a-z_]+(?:/[a-z_.]+)+", text_of("CONTRIBUTING.md")))
    assert len(named) > 40
    for name in named:
        places = (ROOT / name, PACKAGE / name, PACKAGE / f"{name}.py")
        assert any(place.exists() for place in places), f"CONTRIBUTING.md: {name}"


def test_the_changelog_sorts_this_version_by_kind() -> None:
    section = text_of("CHANGELOG.md").split(f"\n## {gesturesynth.__version__} ")[1].split("\n## ")[0]
    assert re.findall(r"^### (.+)$", section, re.MULTILINE) == ["Added", "Changed", "Fixed"]


def test_the_changelog_has_this_version() -> None:
    assert f"\n## {gesturesynth.__version__} " in text_of("CHANGELOG.md")
