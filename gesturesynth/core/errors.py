"""Errors that are meant for a person: a sentence each, and the exit code that tells whose they are."""


class GestureSynthError(Exception):
    """Something of ours went wrong and we know what; the message is a sentence. Exit code 1."""

    exit_code = 1


class UserError(GestureSynthError):
    """Something the user gave us cannot be used; the message says what, where, and what is allowed. Exit code 2."""

    exit_code = 2
