"""Changes to a small bank: harmless ones, and planted causes, by step; and the cases that are made of them."""

import csv
import io
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml
from tests.clones import Repository

SOURCE = "data/source/taiwan_default.csv"
ROWS = 9000
TARGET = "default payment next month"
CALIBRATION = "src/takeback/decisions/calibration.py"
ENCODING = "src/takeback/data/encoding.py"
STATUSES = [f"PAY_{month}" for month in (0, 2, 3, 4, 5, 6)]
LATE = [*STATUSES, "months_late", "worst_delay", "total_delay", "months_since_late"]
Change = Callable[[Repository], None]
Row = dict[str, str]


class Case(NamedTuple):
    """Two releases that differ by some changes; ``planted`` are the steps whose change moves these metrics."""

    name: str
    changes: tuple[Change, ...]
    planted: frozenset[str]
    metrics: tuple[str, ...]


def setting(path: str, value: Any) -> Change:
    """Change one key of params.yaml."""

    def change(bank: Repository) -> None:
        file = bank.path("params.yaml")
        settings = place = yaml.safe_load(file.read_text())
        *parents, key = path.split(".")
        for parent in parents:
            place = place[parent]
        place[key] = value
        file.write_text(yaml.safe_dump(settings, sort_keys=False))

    return change


def code(name: str, old: str, new: str) -> Change:
    """Replace a piece of code."""

    def change(bank: Repository) -> None:
        text = bank.path(name).read_text()
        assert text.count(old) == 1, f"{name}: {old}"
        bank.path(name).write_text(text.replace(old, new))

    return change


def appended(count: int) -> Change:
    """Append rows of the same source, which the small bank has not seen."""

    def change(bank: Repository) -> None:
        whole = bank.path(f"{SOURCE}.whole").read_text().splitlines(keepends=True)
        bank.path(SOURCE).write_text("".join(whole[: ROWS + count + 1]))

    return change


def each_row(edit: Callable[[Row, random.Random], None]) -> Change:
    """Edit every row of the source file."""

    def change(bank: Repository) -> None:
        rows, chance = [*csv.DictReader(io.StringIO(bank.path(SOURCE).read_text()))], random.Random(0)
        for row in rows:
            edit(row, chance)
        with bank.path(SOURCE).open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change


def flipped(share: float) -> Change:
    """Turn a share of the labels round."""

    def edit(row: Row, chance: random.Random) -> None:
        if chance.random() < share:
            row[TARGET] = str(1 - int(row[TARGET]))

    return each_row(edit)


def late_records(share: float, **only: str) -> Change:
    """Record some applicants as two months late who are not."""

    def edit(row: Row, chance: random.Random) -> None:
        if all(row[key] == value for key, value in only.items()) and chance.random() < share:
            row["PAY_0"] = "2"

    return each_row(edit)


def scrambled(*columns: str) -> Change:
    """Put random values of their range into columns that matter."""

    def edit(row: Row, chance: random.Random) -> None:
        row.update({column: str(chance.randint(-2, 3)) for column in columns})

    return each_row(edit)


def _many(path: str, **values: Any) -> tuple[Change, ...]:
    return tuple(setting(f"{path}.{key}", value) for key, value in values.items())


MORE_ROWS, ROWS_AGAIN = appended(150), appended(300)
SEED, POLICY = setting("training.seed", 21), setting("policy.max_referral_rate", 0.2003)
SELECTION = setting("features.max_proxy_gini", 0.99)
COMMENT = code(CALIBRATION, "def _isotonic", "# A comment.\ndef _isotonic")
FLIPPED, SCRAMBLED = flipped(0.3), scrambled("PAY_0", "PAY_2", "PAY_3")
LATE_GROUP, LATE_MEN = late_records(0.9, EDUCATION="3"), late_records(0.8, SEX="1")
NO_LATENESS = setting("features.exclude", LATE)
STUMP = _many("model.xgboost", max_rounds=2, max_depth=1, checkpoint_rounds=2, min_child_weight=500)
ONE_TREE = _many("model.xgboost", max_rounds=1, max_depth=12, checkpoint_rounds=1, min_child_weight=0.0, l2=0.0)
CHEAP_LOSS, POOR_RETURN = setting("policy.loss_given_default", 0.4), setting("policy.return_rate", 0.08)
TOO_SURE = code(CALIBRATION, "-(intercept + slope * knots)", "-(intercept + 0.2 * slope * knots)")
LOST = code(ENCODING, "_encode(contract, everything, name)", "_encode(contract, everything, names[0])")

AUC, PROFIT, RATIO = "ranking.auc", "decision.profit_per_application", "education.high_school.approval_ratio"
HARMLESS = (
    (MORE_ROWS, SEED, POLICY),
    (ROWS_AGAIN, setting("training.seed", 22)),
    (SEED, POLICY, COMMENT),
    (MORE_ROWS, SELECTION, COMMENT),
    (setting("training.seed", 23), POLICY, SELECTION),
    (setting("training.seed", 24), POLICY),
    (setting("split.salt", "takeback"), setting("training.seed", 25), POLICY),
)


def _one(name: str, step: str, changes: tuple[Change, ...], *metrics: str) -> Case:
    return Case(name, changes, frozenset({step}), metrics)


CASES = (
    *(Case(f"nothing {i + 1}", changes, frozenset(), (AUC, PROFIT, RATIO)) for i, changes in enumerate(HARMLESS)),
    _one("labels flipped", "data", (FLIPPED, SEED, POLICY), AUC, PROFIT),
    _one("columns scrambled", "data", (SCRAMBLED, SEED, POLICY), AUC, PROFIT),
    _one("a group recorded as late", "data", (LATE_GROUP, SEED, POLICY), RATIO),
    _one("men recorded as late", "data", (LATE_MEN, SEED, POLICY), "sex.male.approval_ratio"),
    _one("late payments excluded", "features", (NO_LATENESS, SEED, POLICY), AUC, PROFIT),
    _one("two stumps", "model", (*STUMP, MORE_ROWS, POLICY), AUC, PROFIT),
    _one("one deep tree", "model", (*ONE_TREE, MORE_ROWS, POLICY), AUC),
    _one("losses priced too low", "policy", (CHEAP_LOSS, SEED, MORE_ROWS), PROFIT, "decision.approve_rate"),
    _one("return too low", "policy", (POOR_RETURN, SEED, MORE_ROWS), PROFIT),
    _one("calibration too flat", "code", (TOO_SURE, SEED, MORE_ROWS), PROFIT),
    _one("columns lost", "code", (LOST, SEED), AUC, PROFIT),
    Case("labels and price", (FLIPPED, CHEAP_LOSS, SEED), frozenset({"data", "policy"}), (PROFIT,)),
    Case("features and stumps", (NO_LATENESS, *STUMP, POLICY), frozenset({"features", "model"}), (AUC,)),
    Case("calibration and return", (TOO_SURE, POOR_RETURN, SEED), frozenset({"code", "policy"}), (PROFIT,)),
)
