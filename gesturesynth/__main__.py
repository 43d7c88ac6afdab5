"""`python -m gesturesynth` is the same as the `gesturesynth` command."""

import signal
import sys

from gesturesynth import render_watch


def main() -> None:
    """Runs the command line."""
    # While the program is being loaded there is nothing to clean up: Ctrl-C just ends it. As an exception it would come
    # up in the middle of somebody's import, as a traceback, or be swallowed there.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if render_watch.wanted(sys.argv[1:]):
        sys.exit(render_watch.run(sys.argv[1:]))
    render_watch.end_with_parent()
    from gesturesynth import cli  # noqa: PLC0415 - this is what takes its time

    cli.main()


if __name__ == "__main__":
    main()
