"""Messages and records as bytes, also when their texts hold names that are not UTF-8.

Names of files and errors about them get into messages, and the bytes of a name need not be UTF-8: Python has such a
byte as half a surrogate, which no encoder takes. It becomes U+FFFD: no process should end because of the name of a
file.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import msgspec


class Encoder(Protocol):
    """An encoder of msgspec, for MessagePack or JSON."""

    def encode(self, message: Any, /) -> bytes:  # noqa: ANN401 - anything of which it is made
        """The bytes; raises UnicodeEncodeError for half a surrogate in a text."""
        ...


JSON: Final = msgspec.json.Encoder()


def packed(encoder: Encoder, message: object) -> bytes:
    """Encodes a message of structs, lists, dicts and plain values."""
    try:
        return encoder.encode(message)
    except UnicodeEncodeError:
        return encoder.encode(_as_text(message))


def _as_text(value: Any) -> Any:  # noqa: ANN401 - whatever a message is made of
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in value)
    if isinstance(value, msgspec.Struct):
        fields = {name: _as_text(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, list | tuple):
        return [_as_text(item) for item in value]
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in value.items()}
    return value
