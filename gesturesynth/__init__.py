"""A body in front of a camera becomes sound, through a mapping that an artist taught by showing."""

from importlib.metadata import version

__version__: str = version("gesturesynth")
