"""`python -m gesturesynth` is the same as the `gesturesynth` command."""

from gesturesynth.cli import main

main()
