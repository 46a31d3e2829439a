"""Typed settings that refuse what they do not know, and say where and what was expected."""

import difflib
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from takeback.common.errors import UserError

Model = TypeVar("Model", bound=BaseModel)
MOST_PROBLEMS, MOST_SHOWN = 10, 100

# Neither true nor a number in quotes.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Unit = Annotated[Number, Field(ge=0, le=1)]
Whole = Annotated[int, Field(strict=True, ge=0)]


def _seen(text: str) -> str:
    if not any(char.isprintable() and not char.isspace() for char in text):
        raise ValueError("found nothing that can be seen, expected words")
    return text


Words = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_seen)]


class KeyedError(ValueError):
    """A value that is wrong only beside another one: carries the path of the key to mend."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class Strict(BaseModel):
    """A frozen model in which an unknown key is an error that names the known ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in values:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                hint = f" (did you mean {close[0]}?)" if close else ""
                raise KeyedError(str(key), f"unknown key{hint}; expected {', '.join(known)}")
        return values


def parse(model: type[Model], values: Any, source: str, prefix: str = "") -> Model:
    """Build ``model`` from plain values.

    Raises
    ------
    UserError
        One line per problem: the source, the key's path, what was found and what was expected.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        lines = [f"{source}: {_line(problem, prefix)}" for problem in problems[:MOST_PROBLEMS]]
        lines += [f"{source}: and {more} more"] if (more := len(problems) - MOST_PROBLEMS) > 0 else []
        raise UserError("\n".join(lines)) from None


def _line(problem: Any, prefix: str) -> str:
    cause = problem.get("ctx", {}).get("error")
    # Which of several forms was meant, <Form>, is no part of the key.
    place = [part for part in map(str, problem["loc"]) if not (part.startswith("<") and part.endswith(">"))]
    path = [prefix, *place, getattr(cause, "path", "")]
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "missing":
        message = "required key is not there"
    elif cause is None:
        message = f"found {_short(repr(problem['input']))}; {message[0].lower()}{message[1:]}"
    return f"{'.'.join(filter(None, path))}: {message}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
