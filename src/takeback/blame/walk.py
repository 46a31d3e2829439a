"""In which order the mixtures run: neighbours differ in one step, and two walkers never meet."""


def gray_code(players: tuple[str, ...]) -> list[frozenset[str]]:
    """Return every subset, each one step from the one before; the first player changes once (Gray 1953)."""
    if not players:
        return [frozenset()]
    rest = gray_code(players[1:])
    return [*rest, *(chosen | {players[0]} for chosen in reversed(rest))]


def two_walks(players: tuple[str, ...]) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """Divide the subsets into a walk from none of the players and one from all of them.

    The second is always at the complement of the first, so that two processes do not run the same stage at the same
    time, and what one has run DVC's run-cache gives to the other.
    """
    first = gray_code(players[1:])
    return first, [frozenset(players) - chosen for chosen in first]
