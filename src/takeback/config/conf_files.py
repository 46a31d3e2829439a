"""What may stand in conf/ and in overrides: values that are the same on every machine, and that end.

Hydra and OmegaConf read the environment (`${oc.env:...}`), expand aliases without end and recurse as deep as a file is.
So files are checked before they see them.
"""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from omegaconf import grammar_parser
from omegaconf.errors import GrammarParseError
from omegaconf.grammar.gen.OmegaConfGrammarParser import OmegaConfGrammarParser
from yaml import YAMLError

from takeback.common.errors import UserError
from takeback.common.yaml_text import load_yaml

INTERPOLATION = "${"
# Each may stand for others: 20 can stand for a thousand values, 100 for more than fit into memory.
MOST_INTERPOLATIONS = 20
LARGEST = 1_000_000
LONGEST = 10_000
HYDRA = "hydra"


def check_conf(conf: Path) -> None:
    """Check every file of conf/.

    Raises
    ------
    UserError
        If one is no small file of plain YAML, asks a resolver or sets Hydra itself.
    """
    for path in sorted(conf.rglob("*.yaml")):
        _check_file(path)


def check_overrides(overrides: Sequence[str]) -> None:
    """Check the overrides of a command as the files are checked."""
    for text in overrides:
        if len(text) > LONGEST:
            raise UserError(f"{text[:40]}...: an override of {len(text)} characters; expected at most {LONGEST}.")
        if text.lstrip("+~").startswith((f"{HYDRA}.", f"{HYDRA}/", f"{HYDRA}=")):
            raise UserError(f"{text}: sets Hydra itself; expected settings of the pipeline.")
        check_interpolations(text, text)


def check_interpolations(text: str, source: str) -> None:
    """Check that no interpolation of a text asks a resolver.

    Raises
    ------
    UserError
        If one does. `${policy.return_rate}`, another value of conf/, is the kind that may stand there.
    """
    check_count(text, source)
    if INTERPOLATION not in text:
        return
    try:
        asked = next(_resolvers(grammar_parser.parse(text)), None)
    except (GrammarParseError, RecursionError) as error:
        raise UserError(f"{source}: an interpolation is not readable ({error}).") from None
    if asked:
        raise UserError(
            f"{source}: ${{{asked}:...}} asks a resolver, which may read the environment, and settings must be the "
            "same on every machine. Write the value itself."
        )


def check_count(text: str, source: str) -> None:
    """Check that a text has few interpolations."""
    if (found := text.count(INTERPOLATION)) > MOST_INTERPOLATIONS:
        raise UserError(f"{source}: {found} interpolations; expected at most {MOST_INTERPOLATIONS}.")


def _check_file(path: Path) -> None:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
        raise UserError(f"{path}: expected a file of at most {LARGEST} bytes.")
    try:
        values = load_yaml(path.read_bytes())
    except YAMLError as error:
        raise UserError(f"{path}: not readable as YAML: {error}") from None
    if isinstance(values, dict) and HYDRA in values:
        raise UserError(f"{path}: sets {HYDRA} itself; expected settings of the pipeline.")
    for text in _texts(values):
        check_interpolations(text, str(path))


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, (dict, list)):
        for item in [*values, *values.values()] if isinstance(values, dict) else values:
            yield from _texts(item)


def _resolvers(node: Any) -> Iterator[str]:
    """Yield the names of the resolvers that a parsed text asks; an interpolation inside another counts too."""
    if isinstance(node, OmegaConfGrammarParser.ResolverNameContext):
        yield node.getText()
    for child in getattr(node, "children", None) or ():
        yield from _resolvers(child)
