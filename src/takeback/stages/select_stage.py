"""Training data to the list of features, each in or out with the reason."""

from takeback.common import layout
from takeback.common.files import write_json
from takeback.config.params import load_params
from takeback.preparation.parts import read_part
from takeback.preparation.selection import select


def main() -> None:
    """Run the stage."""
    settings = load_params()
    part = read_part(settings.data, layout.SPLIT["train"])
    result = select(settings.data, settings.features, part.columns, part.bad, part.groups)
    write_json(layout.SELECTION, result)
