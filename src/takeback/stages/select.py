"""Training data to the list of features, each in or out with the reason."""

from takeback import config
from takeback.common.files import write_json
from takeback.data.parts import read_part
from takeback.preparation.selection import select
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    settings = config.load()
    part = read_part(settings.data, layout.SPLIT["train"])
    result = select(settings.data, settings.features, part.columns, part.bad, part.groups)
    write_json(layout.SELECTION, result)
