"""Errors whose message is a sentence for people, and the exit code that tells whether the user can correct them."""


class GestureSynthError(Exception):
    """The program could not do something, for a known reason; the message is a sentence. Exit code 1."""

    exit_code = 1


class UserError(GestureSynthError):
    """Something that the user gave cannot be used; the message says what, where, and what is allowed. Exit code 2."""

    exit_code = 2
