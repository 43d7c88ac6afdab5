"""`python -m gesturesynth` is the same as the `gesturesynth` command."""

# In this order: until the search paths are clean, nothing else is imported.
from gesturesynth.core import search_paths


def main() -> None:
    """Runs the command line."""
    search_paths.secure_this_process()
    import signal  # noqa: PLC0415 - `signal.py` of the current folder would be another module
    import sys  # noqa: PLC0415 - likewise

    # While the program is being loaded there is nothing to clean up: Ctrl-C just ends it. As an exception it would come
    # up in the middle of an import, as a traceback, or be swallowed there.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.argv[1:2] == ["render"]:
        from gesturesynth.pipeline import render_watch  # noqa: PLC0415 - other verbs do not load it

        if render_watch.is_render_command(sys.argv[1:]):
            sys.exit(render_watch.run(sys.argv[1:]))
        render_watch.end_with_parent()
    from gesturesynth.cli import app  # noqa: PLC0415 - this is the slow part

    app.main()


if __name__ == "__main__":
    main()
