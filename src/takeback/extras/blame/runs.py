"""All mixtures of two revisions, run by two processes in temporary clones that share DVC's run-cache."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import psutil
from tqdm import tqdm

from takeback.common.errors import UserError
from takeback.extras.blame.changes import Blocks, Pair, is_union, merged
from takeback.extras.blame.ends import cannot_run, check_end
from takeback.extras.blame.mixture import MixtureOutcome, refused, run_mixture, settings_of, write_mixture
from takeback.repository.clones import temporary_clone

Mixture = frozenset[str]
FITS_NOTHING = {"policy"}  # where it alone changed, every candidate is the same fit: another champion is no luck
Task = tuple[Mixture, int]  # what to run, and by how much to shift its seeds


@dataclass
class Runs:
    """What the mixtures gave, why some could not run, and what each revision gave with other seeds."""

    pair: Pair
    outcomes: dict[Mixture, MixtureOutcome] = field(default_factory=dict)
    failures: dict[Mixture, str] = field(default_factory=dict)
    refits: dict[Mixture, list[MixtureOutcome]] = field(default_factory=dict)

    @property
    def blocks(self) -> Blocks:
        """The players, those in conflict merged."""
        return merged(self.pair.players, self.failures)


def run_all(pair: Pair, seeds: int, cache: Path) -> Runs:
    """Run every mixture that is needed.

    Parameters
    ----------
    pair
        The revisions.
    seeds
        How often each revision is fitted again with other seeds, if the mixtures' fits are not all the same.
    cache
        DVC's cache, with its run-cache.
    """
    runs, sides = Runs(pair), (pair.before, pair.after)
    with ExitStack() as stack:
        clones = [stack.enter_context(temporary_clone(side.commit, cache, side.folder)) for side in sides]
        _ask_before_running(runs, clones)
        walks = [[(mix, 0) for mix in walk if is_union(mix, runs.blocks)] for walk in two_walks(pair.players)]
        _side_by_side(runs, clones, walks)
        if fits_differ(pair.players, {outcome.fitted for outcome in runs.outcomes.values()}):
            _side_by_side(runs, clones, [[(end, k + 1) for k in range(seeds)] for end in pair.ends])
    return runs


def fits_differ(players: Collection[str], fitted: Collection[str]) -> bool:
    """Say whether the luck of a fit can be part of what moved: the champions' fits differ, and a step fits anew."""
    return len(fitted) > 1 and bool({*players} - FITS_NOTHING)


def _ask_before_running(runs: Runs, clones: list[Path]) -> None:
    """Find the settings that the code they would meet refuses, so that no time goes into what is merged anyway."""
    mixtures = [mix for walk in two_walks(runs.pair.players) for mix in walk]
    for clone, side in zip(clones, (runs.pair.before, runs.pair.after), strict=True):
        own = {mix: settings_of(runs.pair, mix) for mix in mixtures if runs.pair.side("code", mix) is side}
        for mixture, reason in refused(clone, own).items():
            _failed(runs, mixture, reason)


def _side_by_side(runs: Runs, clones: list[Path], walks: list[list[Task]]) -> None:
    """Give each clone its mixtures. What ends one, Ctrl-C too, ends both."""
    stop = Event()
    with tqdm(total=sum(map(len, walks)), desc="mixtures", unit="run", delay=1) as bar, ThreadPoolExecutor() as pool:
        work = [pool.submit(_walk, runs, clone, walk, bar, stop) for clone, walk in zip(clones, walks, strict=True)]
        try:
            for walker in work:
                walker.result()
        except BaseException:
            stop.set()
            for child in psutil.Process().children(recursive=True):
                child.terminate()
            raise


def _walk(runs: Runs, clone: Path, tasks: list[Task], bar: tqdm, stop: Event) -> None:
    for mixture, seed_shift in tasks:
        if stop.is_set():
            return
        write_mixture(clone, runs.pair, mixture, seed_shift)
        try:
            # With other seeds only the luck of the champion's fit is asked for, not which candidate is lucky.
            champion = runs.outcomes[mixture].champion if seed_shift else None
            outcome = run_mixture(clone, bar.set_postfix_str, champion)
        except UserError as error:
            _failed(runs, mixture, str(error))
        else:
            _keep(runs, mixture, seed_shift, outcome)
        bar.update()


def _keep(runs: Runs, mixture: Mixture, seed_shift: int, outcome: MixtureOutcome) -> None:
    if seed_shift:
        runs.refits.setdefault(mixture, []).append(outcome)
        return
    if mixture in runs.pair.ends:
        check_end(runs.pair.ends[mixture], outcome)
    runs.outcomes[mixture] = outcome


def _failed(runs: Runs, mixture: Mixture, message: str) -> None:
    """Note why a mixture cannot run: what the stage said, or else the last line."""
    lines = message.strip().splitlines()
    reason = next((line.removeprefix("error: ") for line in lines if line.startswith("error: ")), lines[-1])
    if mixture in runs.pair.ends:
        raise cannot_run(runs.pair.ends[mixture], reason)
    runs.failures[mixture] = reason


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
