"""Numbers on the command line: what a person means by one, and nothing else that Python would read as one.

The parser of the command line takes `1_7` for 17, `2.7` for a whole number and `0x10` for 16; `examples delete 1_0`
must not delete take 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

import cyclopts
from cyclopts import Parameter, Token

from gesturesynth.mapping.plain_number import plain_number, whole_number


def read_flag(kind: Any, tokens: Sequence[Token]) -> Any:  # noqa: ANN401 - any type that a flag can have
    """Converts as the parser does, after a look at what is to be a number.

    Raises:
        ValueError: it is none; the message says what is allowed.
    """
    kinds = {kind, *get_args(kind)}
    for token in tokens:
        if int in kinds and whole_number(token.value) is None:
            raise ValueError(f"'{token.value[:80]}' is not a whole number, such as 12")
        if float in kinds and plain_number(token.value) is None:
            raise ValueError(f"'{token.value[:80]}' is not a number, such as 2.5")
    return cyclopts.convert(kind, tokens)


STRICT_NUMBERS: Final = Parameter(converter=read_flag)
"""The default of all flags and arguments of an app."""
