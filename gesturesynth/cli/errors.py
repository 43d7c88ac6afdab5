"""What is wrong with a command line, as a sentence: which verb, which flag, what is allowed. Exit code 2.

cyclopts, which parses command lines, has a class for each kind of error; its own texts are for programmers.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final, Literal, get_args, get_origin

import cyclopts
from cyclopts import Argument

from gesturesynth.config.yaml.document import shortened
from gesturesynth.core.confusables import DASHES, INVISIBLE, code_point_name, plain, unusual_character

PROGRAM: Final = "gesturesynth"


def sentence(error: cyclopts.CycloptsError) -> str:
    """What is wrong, in one line: `'render': the flag --out is required: The WAV file to write.`."""
    error.verbose = False
    verb = " ".join(error.command_chain or ())
    where = f"'{verb}': " if verb else ""
    return where + _problem(error, verb)


def _problem(error: cyclopts.CycloptsError, verb: str) -> str:  # noqa: PLR0911 - one line for each kind
    more = f"`{' '.join(filter(None, (PROGRAM, verb)))} --help` shows what there is"
    match error:
        case cyclopts.UnknownOptionError():
            flag = str(error.token.keyword or error.token.value)
            names = (name for one in error.argument_collection if one.parse for name in one.names)
            return f"there is no flag '{shortened(flag)}'{unusual_character(flag)}{_near(flag, names)} {more}"
        case cyclopts.UnknownCommandError():
            word = (error.unused_tokens or [""])[0]
            if word.startswith("-"):
                return f"there is no flag '{shortened(word)}'{_near(word, ('--help', '--version'))} {more}"
            return _no_command(word, _commands(error.app), more)
        case cyclopts.UnusedCliTokensError():
            return _too_many(error.unused_tokens or [""], more)
        case cyclopts.MissingArgumentError() if type(error) is cyclopts.MissingArgumentError:
            return _missing(error)
        case cyclopts.CoercionError():
            return _not_a_value(error)
        case cyclopts.RepeatArgumentError():
            return f"{error.token.keyword} is there twice; keep one"
        case _:
            return str(error).strip()


def _near(word: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(plain(word), sorted(known), n=1)
    return f", did you mean '{found[0]}'?" if found else "."


def _commands(app: cyclopts.App | None) -> list[str]:
    return [] if app is None else [name for name in app if not name.startswith("-")]


def _no_command(word: str, known: list[str], more: str) -> str:
    first, *rest = plain(word).split()[:2] or [""]
    if rest and first in known:  # the shell takes a no-break space for a part of the word
        return f"'{shortened(word)}' came as one word{unusual_character(word.replace(' ', ''))}"
    return f"there is no command '{shortened(word)}'{unusual_character(word)}{_near(word, known)} {more}"


def _too_many(tokens: list[str], more: str) -> str:
    word = tokens[0].lstrip(INVISIBLE)
    if word[:1] and word[0] in DASHES:
        typed = plain(word).lstrip("-")
        flag = f"--{typed}" if len(typed) > 1 else f"-{typed}"
        return f"'{shortened(word)}' begins with {code_point_name(word[0])}; type '{flag}'"
    return f"'{shortened(tokens[0])}' is one word too many{unusual_character(tokens[0])}; {more}"


def _missing(error: cyclopts.MissingArgumentError) -> str:
    argument = error.argument
    if argument is None:
        return str(error).strip()
    name = _name(argument)
    about = str(argument.parameter.help or "").strip()
    about = f": {about}" if about else ""
    given = error.keyword or next((token.keyword for token in argument.tokens if token.keyword), None)
    if given:
        return f"{given} needs a value behind it{about}"
    if name.startswith("-"):
        typo = difflib.get_close_matches(name, [one for one in error.unused_tokens or () if one[:1] == "-"], n=1)
        return f"the flag {name} is required{f', and not {typo[0]!r}' if typo else ''}{about}"
    return f"{name} is missing{about}"


def _name(argument: Argument) -> str:
    """What an argument is called in help: `--out`, or `OUT` where it can be given by its place."""
    return argument.name.lstrip("-").upper() if argument.field_info.is_positional else argument.name


def _not_a_value(error: cyclopts.CoercionError) -> str:
    token = error.token
    name = (token.keyword if token else None) or (_name(error.argument) if error.argument else "")
    where = f"{name}: " if name else ""
    if error.msg is not None:
        return f"{where}{str(error.msg).removeprefix(f'Invalid value for {name}: ')}"
    value = str(token.value) if token else ""
    wanted = _wanted(error.target_type)
    return f"{where}'{shortened(value)}' is not {wanted}{unusual_character(value)}"


def _wanted(kind: Any) -> str:  # noqa: ANN401 - any annotation of a parameter
    if get_origin(kind) is Literal:
        return f"allowed; allowed are {', '.join(map(str, get_args(kind)))}"
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "a value for this")
