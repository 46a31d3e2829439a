"""dvc.yaml names what each stage depends on; a change of code that a stage runs re-runs the stage."""

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
# Where files lie says dvc.yaml itself, and an empty package says nothing.
NO_RESULT = {"src/takeback/common/layout.py", "src/takeback/stages/__init__.py", "src/takeback/__init__.py"}


@pytest.mark.parametrize("stage", STAGES)
def test_every_module_that_a_stage_runs_is_a_dependency(stage):
    deps = STAGES[stage]["deps"]
    modules = reached(ROOT / f"src/takeback/stages/{stage}_stage.py") - NO_RESULT
    missing = [m for m in sorted(modules) if not any(m == dep or m.startswith(f"{dep}/") for dep in deps)]
    assert not missing


@pytest.mark.parametrize("stage", STAGES)
def test_no_code_is_a_dependency_that_a_stage_never_runs(stage):
    modules = reached(ROOT / f"src/takeback/stages/{stage}_stage.py")
    code = [dep for dep in STAGES[stage]["deps"] if dep.startswith("src/")]
    assert not [dep for dep in code if not any(m == dep or m.startswith(f"{dep}/") for m in modules)]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_says_what_it_does(stage):
    assert len(STAGES[stage]["desc"]) > 20


def test_only_the_check_and_the_tracking_have_no_outputs():
    outputs = {name: [*stage.get("outs", []), *stage.get("metrics", [])] for name, stage in STAGES.items()}
    assert [name for name, outs in outputs.items() if not outs] == ["configure", "track"]
    assert next(iter(STAGES)) == "configure", "it comes first, before DVC removes an output"
    assert [*STAGES][-1] == "track", "it comes last, when there is something to track"


def reached(path: Path) -> set[str]:
    """Follow a module's imports of the package, also those inside functions."""
    todo, seen = [path], set()
    while todo:
        module = todo.pop()
        name = module.relative_to(ROOT).as_posix()
        if name not in seen:
            seen.add(name)
            todo += [found for imported in imports(module) for found in files(imported)]
    return seen


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("takeback"):
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.startswith("takeback")]
    return found


def files(module: str) -> list[Path]:
    base = ROOT / "src" / module.replace(".", "/")
    return [path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()]
