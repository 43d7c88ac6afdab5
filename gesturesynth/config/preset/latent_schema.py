"""The key `latent` of a preset: a vector for a generative model, between others that are taught as snapshots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from gesturesynth.config.preset.output_schema import SnapshotKey
from gesturesynth.config.yaml.document import shortened
from gesturesynth.config.yaml.model import Section
from gesturesynth.config.yaml.types import OneOf, Quantity, WholeNumber, YesNo, text_of
from gesturesynth.core.confusables import plain
from gesturesynth.mapping.latent.vectors import MOST_NUMBERS, MOST_SEED, NUMPY, TEXT

SLERP: Final = "slerp"
LERP: Final = "lerp"
_LONGEST_NAME: Final = 80

Latent = int | str | tuple[float, ...]
"""A seed, the name of a file, or the numbers themselves."""


@dataclass(frozen=True)
class LatentText:
    """A latent as it is written: a seed, the name of a file beside the preset, or a list of numbers."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        numbers = {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": MOST_NUMBERS}
        file = {"type": "string", "pattern": rf"^(\d+|[^/\\]+(\{NUMPY}|\{TEXT}))$"}
        return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": MOST_SEED}, file, numbers]}

    def check(self, value: object) -> Latent:
        """The latent, or ValueError with a sentence."""
        if isinstance(value, list):
            return self._numbers(value)
        written = text_of(value, str(self)).strip()
        if re.fullmatch(r"[+-]?[\d.]+", text := plain(written)):
            if not re.fullmatch(r"\d{1,10}", text) or int(text) > MOST_SEED:
                raise ValueError(f"'{shortened(text)}' is not a seed: a whole number from 0 to {MOST_SEED}")
            return int(text)
        if "/" in written or "\\" in written or not written.endswith((NUMPY, TEXT)) or len(written) > _LONGEST_NAME:
            raise ValueError(
                f"'{shortened(written)}' is neither a seed, nor a list of numbers, nor the name of a file beside the "
                f"preset that ends in {NUMPY} or {TEXT}"
            )
        return written

    def _numbers(self, values: list[Any]) -> tuple[float, ...]:
        if not 1 <= len(values) <= MOST_NUMBERS:
            raise ValueError(f"expected 1 to {MOST_NUMBERS} numbers, not {len(values)}")
        try:
            return tuple(float(plain(text_of(value, "a number"))) for value in values)
        except ValueError:
            raise ValueError("one of these is not a number") from None

    def __str__(self) -> str:
        return f"a seed, the name of a file (`{NUMPY}`, `{TEXT}`), or a list of numbers"


class LatentEntry(Section):
    """A vector of numbers between others, for StyleGAN, RAVE and other generative models."""

    size: Annotated[int, WholeNumber(1, MOST_NUMBERS)] = Field(
        default=MOST_NUMBERS, description="How many numbers a latent of the model has."
    )
    snapshots: dict[SnapshotKey, Annotated[Latent, LatentText()]] = Field(
        min_length=1,
        description="The latents to teach, by number key: a seed, which stands for normal numbers; numbers; or a file "
        "beside the preset. Each has an output, `latent_1` and so on: how much of it there is.",
    )
    interpolation: Annotated[str, OneOf(lambda: (SLERP, LERP), "an interpolation")] = Field(
        default=SLERP,
        description="What lies between them: `slerp`, on a sphere, for latents of normal numbers; `lerp`, on straight "
        "lines.",
    )
    truncation: Annotated[float, Quantity("", 0.0, 2.0)] = Field(
        default=1.0, description="How far from `mean` the vector is: at 0.7 less far than what was taught."
    )
    mean: Annotated[Latent, LatentText()] | None = Field(
        default=None, description="What `truncation` leads to, likewise; without it, zero."
    )
    blob: YesNo = Field(
        default=False,
        description="`true`: it is sent as one blob of 32-bit floats (big-endian) instead of a list of floats.",
    )
