"""A small pipeline with the layout of the real one, whose metric is a formula: mean(value) * factor + price + BONUS."""

from tests.clones import Repository

STAGES = """\
stages:
  train:
    matrix: {model: [toy]}
    cmd: python src/stage.py train
    deps: ["${data.source}", src/takeback]
    params: [data.kind, features, model]
    outs:
      - models/candidates/toy
      - metrics/training/toy: {cache: false}
  evaluate:
    matrix: {model: [toy]}
    cmd: python src/stage.py evaluate
    deps: ["${data.source}", models/candidates/toy, src/takeback]
    params: [policy]
    outs:
      - metrics/test/toy: {cache: false}
      - data/scores/toy.parquet
  choose:
    cmd: python src/stage.py choose
    deps: [metrics/test/toy]
    metrics:
      - metrics/champion.json: {cache: false}
"""
PARAMS = """\
data: {source: data/toy.csv, kind: toy, derived: {}, thin_file: never}
features: {exclude: []}
model: {toy: {factor: 2.0, seed: 1}}
policy: {price: 0.5}
"""
STAGE = """\
import csv, json, sys
from pathlib import Path
from takeback.config.params import load_params
from takeback.formula import BONUS

def write(path, content):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(content))

try:
    params = load_params(Path("params.yaml"))
except Exception as error:
    sys.exit(f"error: {error}")
rows = list(csv.DictReader(open(params["data"]["source"])))
if sys.argv[1] == "train":
    write("models/candidates/toy/model.json", params["model"]["toy"])
    write("metrics/training/toy/training.json", {"rows": len(rows)})
elif sys.argv[1] == "evaluate":
    import pyarrow as pa, pyarrow.parquet as pq
    model = json.loads(Path("models/candidates/toy/model.json").read_text())
    luck = model["seed"] % 7 / 64
    profit = [float(r["value"]) * model["factor"] + params["policy"]["price"] + BONUS + luck for r in rows]
    write("metrics/test/toy/performance.json", {"decision": {"profit_per_application": sum(profit) / len(profit)}})
    write("metrics/test/toy/fairness.json", {})
    Path("data/scores").mkdir(parents=True, exist_ok=True)
    table = {"id": [r["id"] for r in rows], "pd": [0.5] * len(rows), "decision": ["approve"] * len(rows)}
    pq.write_table(pa.table({**table, "bad": [0] * len(rows), "profit": profit}), "data/scores/toy.parquet")
else:
    write("metrics/champion.json", {"champion": "toy"})
"""
CONFIG = """\
import yaml
from takeback.common.errors import UserError

def load_params(path):
    params = yaml.safe_load(path.read_text())
    if unknown := set(params["policy"]) - {"price"}:
        raise UserError(f"{path}: policy: unknown key {', '.join(unknown)}")
    return params
"""
FILES = {
    "dvc.yaml": STAGES,
    "params.yaml": PARAMS,
    "src/stage.py": STAGE,
    "src/takeback/__init__.py": "",
    "src/takeback/common/__init__.py": "",
    "src/takeback/config/__init__.py": "",
    "src/takeback/config/params.py": CONFIG,
    "src/takeback/formula.py": "BONUS = 0.25\n",
    "src/takeback/common/errors.py": "class UserError(Exception):\n    pass\n",
    "src/other.py": "",
    "requirements.lock": "",
    ".gitignore": "__pycache__/\n.takeback/\n",
    ".dvcignore": "__pycache__\n.takeback\n",
}


def rows(values):
    """Return the source file."""
    return "id,value\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values))


def start(folder):
    """Make the repository; its first release is the tag A."""
    folder.mkdir(parents=True)
    repository = Repository(folder)
    repository.run("git", "init", "-q", "-b", "main")
    repository.run("dvc", "init", "-q")
    release(repository, "A", {**FILES, "data/toy.csv": rows([i % 8 for i in range(64)])})
    return repository


def release(repository, tag, files):
    """Change files, run the pipeline and tag the commit."""
    for name, text in files.items():
        repository.path(name).parent.mkdir(parents=True, exist_ok=True)
        repository.path(name).write_text(text)
    repository.run("dvc", "repro", "-q")
    repository.commit(tag)
    repository.run("git", "tag", tag)
