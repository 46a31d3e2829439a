"""How good, how fair, and whether it may be released."""
