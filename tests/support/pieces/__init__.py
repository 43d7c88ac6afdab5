"""Pieces that tests play besides the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FREE_THEREMIN: Final = Path(__file__).parent / "theremin.yaml"
"""A theremin without a scale, over four octaves: its outputs move freely, and its idle sound is heard."""
