"""A body in front of a camera becomes sound, through a mapping that an artist taught by showing."""

__version__: str


def __getattr__(name: str) -> str:
    """The version, from the metadata of what is installed, when it is asked for: reading that takes a while."""
    if name != "__version__":
        raise AttributeError(f"module 'gesturesynth' has no attribute '{name}'")
    from importlib.metadata import version  # noqa: PLC0415 - see above

    return version("gesturesynth")
