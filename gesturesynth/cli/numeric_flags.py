"""Numbers on the command line: what a person writes as one, and no other text that Python would accept.

The parser of the command line takes `1_7` for 17, `2.7` for a whole number and `0x10` for 16; `examples delete 1_0`
must not delete take 10. A true minus sign is one; other characters that look like a part of a number are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

import cyclopts
from cyclopts import Parameter, Token


def read_flag(kind: Any, tokens: Sequence[Token]) -> Any:  # noqa: ANN401 - any type that a flag can have
    """Converts as the parser does, after a check of numbers.

    Raises:
        ValueError: it is no number; the message names the character that is wrong.
    """
    kinds = {kind, *get_args(kind)}
    if kinds & {int, float}:
        tokens = [token.evolve(value=_number(token.value, whole=int in kinds)) for token in tokens]
    return cyclopts.convert(kind, tokens)


def _number(written: str, *, whole: bool) -> str:
    from gesturesynth.config.yaml.document import shortened  # noqa: PLC0415 - most command lines have no number
    from gesturesynth.core.confusables import unusual_character  # noqa: PLC0415 - likewise
    from gesturesynth.core.units import parse_quantity  # noqa: PLC0415 - likewise

    what = "a whole number" if whole else "a number"
    try:
        number = parse_quantity(written, "")
    except ValueError as error:
        raise ValueError(f"'{shortened(written)}' is not {what}{unusual_character(written)}") from error
    if not whole:
        return repr(number)
    if number != int(number):
        raise ValueError(f"'{shortened(written)}' is not {what}")
    return str(int(number))


STRICT_NUMBERS: Final = Parameter(converter=read_flag)
"""The default of all flags and arguments of an app."""
