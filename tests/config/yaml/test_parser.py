"""YAML files: every value with its place, every mistake with a sentence, and no contents do harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.config.yaml import parser
from gesturesynth.config.yaml.document import Document, FileError, Problem, dotted
from gesturesynth.core import paths


def parse(text: str) -> Document:
    return parser.parse(text.encode(), "f.yaml")


def fault(text: str | bytes) -> str:
    with pytest.raises(FileError) as caught:
        parser.parse(text.encode() if isinstance(text, str) else text, "f.yaml")
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_texts_stay_what_was_written() -> None:
    data = parse("a: on\nb: 010\nc: 1:30\nd: 2024-01-01\ne: 1e3\nf: null\ng: 'x'\nno: yes\n1: =\n").data
    assert data == {
        "a": "on",
        "b": "010",
        "c": "1:30",
        "d": "2024-01-01",
        "e": "1e3",
        "f": "null",
        "g": "x",
        "no": "yes",
        "1": "=",
    }


def test_libyaml_and_pyyaml_read_the_same_texts_with_the_same_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML alone reads where libyaml is missing, and where a text has an error."""
    presets = [file.read_text(encoding="utf-8") for file in sorted(paths.presets_dir().glob("*.yaml"))]
    texts = [
        *presets,
        "a:\nb: &x [1, 'it''s',\n  {c: 1}]\nd: >-\n  two\n  lines\n\n# end\ne: *x\nf: \"\\u00e4\" # \u2013\n",
    ]
    quickly = [parse(text) for text in texts]
    assert parser._quickly(texts[-1]) is not None
    monkeypatch.setattr(parser, "_QuickLoader", None)
    assert [parse(text) for text in texts] == quickly


def test_only_a_key_left_empty_has_no_value() -> None:
    assert parse("a:\nb: ~\nc: ''\n").data == {"a": None, "b": None, "c": ""}


def test_every_key_and_value_has_its_place() -> None:
    document = parse("a:\n  b: [x,\n    y]\n")
    places = {
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
    }
    assert {path: (place.line, place.column) for path, place in document.keys.items()} == places
    assert (document.values["a", "b", 1].line, document.values["a", "b", 1].column) == (3, 5)


def test_a_missing_value_has_the_place_of_its_parent() -> None:
    document = parse("x: 1\na:\n  b: 2\n")
    assert document.place(("a", "nothing", "deeper"), key=True).line == 2
    assert document.place(("nothing",), key=True).line == 1


def test_an_alias_has_the_place_where_it_was_written() -> None:
    document = parse("a: &it 3\nb: *it\n")
    assert document.data == {"a": "3", "b": "3"}
    assert document.place(("b",)).line == 2


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("", "1:1", "empty"),
        ("# only words\n", "1:1", "empty"),
        ("{}", "1:1", "empty"),
        ("- a\n- b\n", "1:1", "a list"),
        ("hello", "1:1", "a single text"),
        ("a: 1\n\tb: 2\n", "2:1", "a tab"),
        ("a: [1, 2\nb: 3\n", "2:2", "']'"),
        ("a: {b: 1\nc: 3\n", "2:2", "'}'"),
        ("a: b: c\n", "1:5", "':' is not allowed here"),
        ('a: "b\n', "2:1", "closing quote"),
        ("a: 1\n---\nb: 2\n", "2:1", "second document"),
        ("a: *b\n", "1:4", "anchor"),
        ("a: @b\n", "1:4", "quotes"),
        ("a: 1\n b: 2\n", "2:3", "':'"),
        ("a: 1\nb\n", "3:1", "':'"),
        ("a: \x07\n", "1:4", "U+0007"),
        ('a: "\\UFFFFFFFF"\n', "1:", "not valid YAML"),
    ],
)
def test_invalid_yaml_is_reported_with_its_place(text: str, place: str, expected: str) -> None:
    message = fault(text)
    assert message.startswith(f"f.yaml:{place}"), message
    assert expected in message


def test_text_that_is_not_utf8_is_reported_with_its_place() -> None:
    assert fault("a: 1\nbö: grün".encode("latin-1")).startswith("f.yaml:2:2: not UTF-8")
    assert "UTF-8" in fault("a: 1".encode("utf-16"))
    assert parser.parse(b"\xef\xbb\xbfa: 1", "f.yaml").data == {"a": "1"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: a: this key is here twice, first in line 1; keep one"),
        ("a: !!python/object/apply:os.system [ls]\n", "f.yaml:1:4: a: the tag "),
        ("a: !x y\n", "f.yaml:1:4: a: the tag '!x' is not used here"),
        ("a: 1\n<<: {b: 1}\n", "f.yaml:2:1: <<: merging"),
        ("a: 1\n? [x]\n: 2\n", "f.yaml:2:3: a key must be a word"),
        ('a: "\\u0000"\n', "f.yaml:1:4: a: a text must not hold control characters"),
        ('a: "\\ud800"\n', "f.yaml:1:4: a: a text must not hold control characters"),
        ('"\\e": 1\na: 2\n', "f.yaml:1:1: a key must be a word, without control"),
    ],
)
def test_problems_of_content_are_reported_with_their_place(text: str, problem: str) -> None:
    assert [str(found).startswith(problem) for found in parse(text).problems] == [True]


def test_files_that_expand_without_bound_are_refused() -> None:
    aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    texts = {
        aliases: "aliases",
        "a: &a [*a]\n": "aliases",
        "a: " + "[" * 100_000: "deeper than 16",
        "a: " + "{a: " * 50_000: "deeper than 16",
        "\n".join(f"k{n}: [1,2,3,4,5,6,7,8]" for n in range(9_000)): "more than",
        "a: " + "x" * 300_000: "larger than 256 kB",
    }
    for text, expected in texts.items():  # without bounds this would not end, or take all memory
        assert expected in fault(text)


def test_a_file_that_cannot_be_opened_is_an_error_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(FileError) as caught:
            parser.read(path)
        assert str(caught.value).count("\n") == 0


def test_the_path_of_a_value_is_short_enough_for_a_line() -> None:
    assert dotted(("outputs", "pitch", "range", 0)) == "outputs.pitch.range[0]"
    assert len(dotted(("x" * 1000, "a\nb"))) < 60
    assert "\n" not in dotted(("a\nb",))


yaml_like = st.text(st.sampled_from("ab:,-[]{}&*!|>'\"%@# \n\t1.~?<\\"), max_size=60)


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace")),
        yaml_like.map(str.encode),
    )
)
def test_no_bytes_raise_anything_but_a_file_error(data: bytes) -> None:
    def problems() -> list[Problem]:
        try:
            return parser.parse(data, "f.yaml").problems
        except FileError as error:
            return [*error.problems]

    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems())
