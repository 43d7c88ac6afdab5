"""The session, a pure state machine: commands and reports in, events out, time passed in.

Faces: `machine`, `events`, `transitions` (two tables, to be checked by eye). Imports no socket, clock or thread.
"""
