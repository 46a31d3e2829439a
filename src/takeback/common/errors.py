"""The one error that a person is meant to read."""


class UserError(Exception):
    """What is wrong, where, what was expected and what to do: shown without a traceback, exit code 1."""
