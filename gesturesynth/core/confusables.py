"""Characters that look like those of a keyboard, or cannot be seen at all: what they stand for, and their names.

Word processors, web pages and chats put them into what people copy: a true minus, a no-break space, curly quotes, marks
that cannot be seen. Where only one thing can be meant (a number, a name out of a table) they are read as that; where
not, a sentence names them, so that a person can find them. Unicode calls such characters confusable (UTS 39). Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BLANKS: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Unicode's spaces (category Zs) besides the one of the keyboard."""
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
)
"""Zero-width characters, marks of writing direction, soft hyphens, variation selectors, byte order marks."""
DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""Hyphens, dashes and the minus of mathematics."""

_SINGLE: Final = "\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u00b4"
_DOUBLE: Final = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
QUOTES: Final = _SINGLE + _DOUBLE
"""Quotation marks besides those of the keyboard."""
OPENING: Final = ("\u201c", "\u201e", "\u201f", "\u00ab")
"""Those of `QUOTES` with which a text may begin, and which nothing else looks like."""

_WIDE: Final = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
"""Full-width forms of ASCII, U+FF01 to U+FF5E."""
_ALIKE: Final = (
    ("авеікорсухѕјԁһԛԝ", "aBeikopcyxsjdhqw"),
    ("АВЕІКМНОРСТУХЅЈ", "ABEIKMHOPCTYXSJ"),
    ("οανΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavABEZHIKMNOPTYX"),
)
"""Cyrillic and Greek letters, and the Latin ones that they look like."""
_LETTERS: Final = {like: letter for many, letters in _ALIKE for like, letter in zip(many, letters, strict=True)}
_KEYBOARD: Final[dict[int, str]] = {
    ord(like): typed
    for like, typed in (
        _WIDE | dict.fromkeys(BLANKS, " ") | dict.fromkeys(INVISIBLE, "") | dict.fromkeys(DASHES, "-")
    ).items()
}
_QUOTED: Final = re.compile(rf"[{_SINGLE}](.*)[{_SINGLE}]|[{_DOUBLE}](.*)[{_DOUBLE}]", re.DOTALL)
_CODE_POINT: Final = re.compile(r"\bU\+([0-9A-F]{4,6})\b")


def plain(text: str) -> str:
    """A word or a number as it would be typed on a keyboard, without blanks and curly quotes around it.

    Not for names of people or of files, which keep every character.
    """
    if text.isascii():
        return text.strip()
    typed = text.translate(_KEYBOARD).strip()
    quoted = _QUOTED.fullmatch(typed)
    return (quoted[1] or quoted[2] or "").strip() if quoted else typed


def latin(text: str) -> str:
    """As `plain`, and with Latin letters for those that look like them: only to suggest what may have been meant."""
    return plain(text).translate({ord(like): letter for like, letter in _LETTERS.items()})


def code_point_name(character: str) -> str:
    """The code point and the Unicode name of a character: `U+2212 MINUS SIGN`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def advice(character: str) -> str:
    """What to do instead of a character: `type '-' instead`; empty where that is not known."""
    if character in INVISIBLE:
        return "it cannot be seen; delete it"
    if character in BLANKS:
        return "type an ordinary space instead"
    if character in QUOTES:
        return "type ' instead" if character in _SINGLE else 'type " instead'
    typed = _WIDE.get(character) or _LETTERS.get(character) or ("-" if character in DASHES else "")
    return f"type '{typed}' instead" if typed else ""


def unusual_character(text: str) -> str:
    """A clause about the first character of `text` that is not of a keyboard, to be added to a sentence.

    For what has to be ASCII: names, numbers, keys. Empty where all characters are ASCII.
    """
    unusual = (c for candidate in (plain(text), text) for c in candidate if ord(c) > 126)
    found = next(unusual, "")  # first one that `plain` does not replace, else one that it does
    if not found:
        return ""
    suggestion = advice(found)
    return f"; there is {code_point_name(found)} in it{f': {suggestion}' if suggestion else ''}"


def mentioned_character(sentence: str) -> str:
    """The character that a sentence names by its code point; empty for none."""
    found = _CODE_POINT.search(sentence)
    return chr(int(found[1], 16)) if found and int(found[1], 16) < 0x110000 else ""
