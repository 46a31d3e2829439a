"""What a killed DVC leaves of its list of locks."""

import json
import time
from pathlib import Path

RWLOCK = Path(".dvc/tmp/rwlock")
TRIES, PAUSE = 5, 0.1


def clear_broken_locks(folder: Path) -> None:
    """Remove DVC's list of locks if it is half-written: DVC writes it in place, and refuses it after a kill.

    A DVC that runs writes it in a moment, so it is looked at several times before it counts as broken.
    """
    for _ in range(TRIES):
        try:
            json.loads((folder / RWLOCK).read_text(encoding="utf-8"))
            return
        except FileNotFoundError:
            return
        except ValueError:
            time.sleep(PAUSE)
    (folder / RWLOCK).unlink(missing_ok=True)
