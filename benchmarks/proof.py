"""What a proof gives."""

from typing import NamedTuple


class Proof(NamedTuple):
    """A claim, what was seen, and whether it holds; None if it could not be tried here."""

    name: str
    claim: str
    seen: str
    passed: bool | None
