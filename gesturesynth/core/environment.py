"""Names of environment variables that processes pass on to each other."""

from typing import Final

SUPERVISED: Final = "GESTURESYNTH_SUPERVISED"
"""Process id of the supervisor, set for its children."""
