"""Checks what a preset sends to other programs over OSC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gesturesynth.config.preset.sources import SourceKind
from gesturesynth.config.yaml.types import unknown_name
from gesturesynth.control.osc.sender import BODY, OscTarget
from gesturesynth.control.osc.sender import FEATURES as ALL_FEATURES
from gesturesynth.control.osc.sender import GESTURES as ALL_GESTURES
from gesturesynth.control.osc.sender import OUTPUTS as ALL_OUTPUTS
from gesturesynth.control.osc.sender import PERSONS as ALL_PERSONS
from gesturesynth.control.osc.sender import PROBABILITIES as ALL_PROBABILITIES
from gesturesynth.control.osc.text_sender import WORDS as ALL_WORDS
from gesturesynth.control.osc.vector_sender import LATENT as VECTOR
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.features.computed.definition import label
from gesturesynth.features.people.readings import persons_by_role

if TYPE_CHECKING:
    from gesturesynth.config.preset.check import Checker

BODY_VALUES = ("present", "number_of_people", "class")
"""Of `BODY`, those that can be named alone."""


def osc_targets(checker: Checker, kinds: Sequence[SourceKind]) -> list[OscTarget]:
    """The programs that get values; none when there is any problem in the preset.

    Args:
        checker: of the whole preset, after all else was checked; receives the problems.
        kinds: the sources of the preset whose readings can be sent.
    """
    entries, document = checker.entries, checker.document
    sources = [f"{name}.{quantity}" for kind in kinds for name in kind.names for quantity in kind.quantities]
    sources += [f"{name}.performed" for name in checker.written("gestures")]
    known = (
        *(ALL_OUTPUTS, ALL_FEATURES, ALL_GESTURES, ALL_PROBABILITIES, ALL_PERSONS, *BODY, *BODY_VALUES),
        *([ALL_WORDS] if entries.words else []),
        *([VECTOR] if entries.latent else []),
        *checker.written("outputs"),
        *persons_by_role(None),
        *sources,
        *map(label, columns(checker.features.full(entries.features))),
    )
    listed = document.data.get("features")
    for index, entry in enumerate(entries.osc):
        if entry.what not in known and not (isinstance(listed, list) and entry.what in listed):
            document.add_problem(("osc", index, "what"), unknown_name(entry.what, "something that can be sent", known))
        # One after the other, each with a valid partner, so that each problem has its own place.
        for key, host, address in (("host", entry.host, "/any"), ("address", "localhost", entry.address)):
            try:
                OscTarget(host, entry.port, address)
            except UserError as error:
                document.add_problem(("osc", index, key), str(error))
    if document.problems:
        return []
    return [OscTarget(e.host, e.port, e.address, e.rate, e.what) for e in entries.osc]
