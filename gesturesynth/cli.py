"""Every verb of the command line, and nothing else."""


def main() -> None:
    """The entry of the `gesturesynth` command."""
