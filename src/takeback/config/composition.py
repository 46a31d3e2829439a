"""From conf/ to params.yaml: Hydra composes, byte for byte what ``dvc exp run`` writes."""

import difflib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from takeback.common.errors import UserError
from takeback.config.conf_files import check_conf, check_count, check_overrides
from takeback.config.params import PARAMS, parse_config
from takeback.data.table_files import check_regular

CONF = Path("conf")
NAME = "config"
LONGEST = 1000  # of what Hydra says: it repeats a value as long as it is


def composed(overrides: Sequence[str] = (), conf: Path = CONF) -> str:
    """Compose the configuration and check it.

    Parameters
    ----------
    overrides
        Hydra overrides: ``data=german``, ``model/xgboost=shallow``, ``policy.review_cost=0.02``.
    conf
        The folder of configuration files.

    Returns
    -------
    str
        The text of params.yaml.

    Raises
    ------
    UserError
        If a file, group or key does not exist or a value is not allowed.
    """
    if not (conf / f"{NAME}.yaml").exists():
        raise UserError(f"{conf / NAME}.yaml: there is no such file. The configuration starts there.")
    check_conf(conf)
    check_overrides(overrides)
    try:
        GlobalHydra.instance().clear()
        with initialize_config_dir(str(conf.resolve()), version_base=None):
            config = compose(NAME, overrides=list(overrides))
        check_count(OmegaConf.to_yaml(config), f"{conf}/")
        OmegaConf.resolve(config)
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise UserError(f"{conf}/: {_without_hydra_advice(error)}") from None
    except (RecursionError, ValueError) as error:  # OmegaConf passes them on
        raise UserError(f"{conf}/: refers to itself, or has a value that cannot be read ({error}).") from None
    text = OmegaConf.to_yaml(config)
    source = Path(parse_config(text, f"{conf}/").data.source)
    with suppress(OSError):  # one that is not there is named by the first stage
        check_regular(source, "expected the source file that data.source names; DVC would wait for it for ever.")
    return text


def check_composed(path: Path = PARAMS, conf: Path = CONF) -> None:
    """Check that params.yaml is what conf/ composes.

    Raises
    ------
    UserError
        If it is not: the lines that differ.
    """
    expected = composed(conf=conf)
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    if found == expected:
        return
    lines = difflib.unified_diff(found.splitlines(), expected.splitlines(), str(path), f"{conf}/", lineterm="", n=1)
    raise UserError(
        f"{path}: is not what {conf}/ composes.\n" + "\n".join(list(lines)[:20]) + "\n"
        "If you changed conf/: `takeback compose` writes it anew. "
        "If you ran an experiment and want to keep it: make its change in conf/, then `takeback compose`."
    )


def _without_hydra_advice(error: Exception) -> str:
    said = str(error).split("\nTo ")[0].split("\nSet the env")[0].strip()
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}..."
