"""Steps that cannot be mixed are merged into one player."""

from collections.abc import Collection, Iterator

Blocks = tuple[tuple[str, ...], ...]


def merged(players: tuple[str, ...], failed: Collection[frozenset[str]]) -> Blocks:
    """Merge as few players as possible so that no failed mixture is needed any more.

    Parameters
    ----------
    players
        The steps that changed, at most five: all 52 partitions are tried.
    failed
        The mixtures that cannot be run, each as the players taken from the second revision.

    Returns
    -------
    tuple
        The blocks of the partition with the most blocks in which every failed mixture tears a block apart.
    """
    fitting = [blocks for blocks in _partitions(players) if all(not is_union(mix, blocks) for mix in failed)]
    return max(fitting, key=len)


def is_union(mixture: frozenset[str], blocks: Blocks) -> bool:
    """Say whether a mixture takes every block whole or not at all."""
    return all(mixture.issuperset(block) or mixture.isdisjoint(block) for block in blocks)


def label(block: tuple[str, ...]) -> str:
    """Return the name of a merged player."""
    return "+".join(block)


def as_coalition(mixture: frozenset[str], blocks: Blocks) -> frozenset[str]:
    """Return a mixture as the names of the blocks that it takes."""
    return frozenset(label(block) for block in blocks if mixture.issuperset(block))


def _partitions(players: tuple[str, ...]) -> Iterator[Blocks]:
    if not players:
        yield ()
        return
    first, rest = players[0], players[1:]
    for blocks in _partitions(rest):
        yield ((first,), *blocks)
        for i, block in enumerate(blocks):
            yield ((first, *block), *blocks[:i], *blocks[i + 1 :])
