"""What happened over many kills."""

import re
from collections import Counter

from benchmarks.clones import stages_run
from benchmarks.interrupt import Ended
from benchmarks.machine import without_places
from benchmarks.record import say

# DVC empties these files before it writes them anew; what a kill leaves then, the next run does not read.
BLOCKING = {
    "dvc.lock": re.compile(r"dvc.lock' (?:validation failed|is invalid)|YAML file structure is corrupted"),
    ".dvc/tmp/rwlock": re.compile(r"Unable to read RWLock-file|RWLock-file .* format error"),
}
LOCKS = re.compile(r".*(?:rwlock|unable to acquire|had been killed|is busy|corrupt).*", re.I)


class Story:
    """In which stages kills fell, what DVC said about locks, what had to be done by hand, and what went wrong."""

    def __init__(self) -> None:
        self.killed: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        self.blocked: Counter[str] = Counter()
        self.problems: list[str] = []
        self.missed = 0

    def note(self, ended: Ended) -> str | None:
        """Keep how a run ended; return the file that kept it from starting, if one did."""
        self._note_messages(ended.printed)
        if ended.code is None:
            self.killed[["the start of DVC", *stages_run(ended.printed)][-1]] += 1
            say(f"killed: {self.killed.total()}")
        if not ended.code:
            return None
        blocking = next((name for name, said in BLOCKING.items() if said.search(ended.printed)), None)
        if blocking:
            self.blocked[blocking] += 1
        else:
            self.problems.append(f"`dvc repro` failed: {without_places(_error(ended.printed))}")
        return blocking

    def seen(self) -> str:
        """Return it in words."""
        stages = ", ".join(f"{count} in {stage}" for stage, count in self.killed.most_common())
        said = "; ".join(f"{count} x '{text}'" for text, count in self.messages.most_common(4))
        parts = [f"{self.killed.total()} kills: {stages}", f"about locks DVC said {said or 'nothing'}"]
        parts += [f"{self.missed} moments were never met"] if self.missed else []
        return ". ".join([*parts, *dict.fromkeys(self.problems)])

    def steps_by_hand(self) -> str:
        """Return which files had to be removed, and how often; empty if none."""
        steps = [
            f"after {count} of {self.killed.total()} kills {name} was half-written and DVC refused it: `rm {name}`"
            for name, count in self.blocked.items()
        ]
        return "; ".join(steps) + ", then `dvc repro` went on with what the run cache holds" if steps else ""

    def _note_messages(self, printed: str) -> None:
        """Count messages; what differs from one to the next, files and numbers, goes."""
        for line in LOCKS.findall(printed):
            text = re.sub(r"RWLock-file '[^']*'", "RWLock-file '...'", without_places(line).strip())
            self.messages[re.sub(r"\d+", "N", text)] += 1


def _error(printed: str) -> str:
    lines = [line for line in printed.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "without a word")
