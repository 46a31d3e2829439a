"""The form of `selection.json` in a release: which features the models may read, and why."""

from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator

from takeback.common.strict import KeyedError, Number, Strict, Unit

Name = Annotated[str, Field(min_length=1)]


class Judged(Strict):
    """What was found about one feature."""

    selected: StrictBool
    why: str
    information_value: Number | None
    proxy_gini: dict[Name, Unit]


class SelectionForm(Strict):
    """The content of the file."""

    selected: Annotated[tuple[Name, ...], Field(min_length=1)]
    features: dict[Name, Judged] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _selected_are_those_judged(self) -> Self:
        if len(set(self.selected)) < len(self.selected):
            raise KeyedError("selected", "found a feature twice")
        judged = {name for name, feature in self.features.items() if feature.selected}
        if self.features and judged != set(self.selected):
            raise KeyedError("selected", "expected the features that are selected under features")
        return self
