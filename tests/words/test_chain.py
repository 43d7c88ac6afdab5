"""Passages are made of the text, closely or loosely, and the same seed gives the same ones."""

from __future__ import annotations

import random

import pytest

from gesturesynth.words.chain import Chain
from gesturesynth.words.dice import Dice

NOUNS = ("sea", "night", "wind", "stone", "river", "house", "road", "sleep")
VERBS = ("turns", "waits", "falls", "sings")


def text(count: int = 120) -> str:
    choose = random.Random(4).choice
    return "\n".join(
        f"the {choose(NOUNS)} {choose(VERBS)} under the {choose(NOUNS)}, and the {choose(NOUNS)} {choose(VERBS)}."
        for _ in range(count)
    )


def copied(passages: list[str], source: str) -> float:
    """The share of five words in a row that are in the text in this order."""
    runs = [words[n : n + 5] for passage in passages for words in [passage.split()] for n in range(len(words) - 4)]
    return sum(" ".join(run) in source for run in runs) / len(runs)


def test_all_words_are_of_the_text_and_a_lower_order_copies_less() -> None:
    source = text()
    chain, dice = Chain(source), Dice(1)
    made = {order: [chain.passage(dice, 9, order) for _ in range(80)] for order in (1, 2, 3)}
    words = set(source.replace(".", "").replace(",", "").split())
    assert {word.strip(".,") for passages in made.values() for one in passages for word in one.split()} <= words
    shares = [copied(made[order], source) for order in (1, 2, 3)]
    assert shares[0] < shares[1] < shares[2]


def test_the_same_seed_gives_the_same_passages_and_another_one_others() -> None:
    chain = Chain(text())
    first, again, other = ([chain.passage(dice, 8) for _ in range(10)] for dice in map(Dice, (7, 7, 8)))
    assert first == again != other


@pytest.mark.parametrize("length", [1, 4, 9, 20])
def test_passages_have_about_the_length_that_is_asked_for(length: int) -> None:
    dice, chain = Dice(2), Chain(text())
    counts = [len(chain.passage(dice, length, 1.5).split()) for _ in range(50)]
    assert all(1 <= count <= length + 6 for count in counts)
    assert abs(sum(counts) / len(counts) - length) <= 3.5


@pytest.mark.parametrize("source", ["word", "a a a a a a", "x. y. z.", "海は青い", '("unclosed, and', "\n\n!\n?a"])
def test_any_text_with_a_word_gives_a_passage(source: str) -> None:
    chain, dice = Chain(source), Dice(0)
    for order in (1, 2.5, 3):
        passage = chain.passage(dice, 12, order)
        assert passage.strip() == passage
        assert passage
        assert "(" not in passage


def test_a_passage_is_not_cut_off_with_a_comma() -> None:
    chain, dice = Chain(text()), Dice(3)
    assert not [one for one in (chain.passage(dice, 6) for _ in range(100)) if one.endswith(",")]


def test_nothing_of_another_sentence_follows_a_full_stop_within_a_sentence() -> None:
    chain, dice = Chain("I come to one.\nOne after the other.\nThey come, one by one.\n"), Dice(2)
    passages = [chain.passage(dice, 8, 1.0) for _ in range(200)]
    after = {words[n + 1] for words in map(str.split, passages) for n, word in enumerate(words[:-1]) if word[-1] == "."}
    assert after <= {"I", "One", "They"}
