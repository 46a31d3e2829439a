"""Training data to the list of features, each in or out with the reason."""

from takeback.common import layout
from takeback.common.files import write_json
from takeback.config.params import load_params
from takeback.preparation.parts import read_part
from takeback.preparation.proxies import joint_proxies
from takeback.preparation.selection import ordered, select, variance_inflation


def main() -> None:
    """Run the stage."""
    settings = load_params()
    part = read_part(settings.data, layout.SPLIT["train"])
    result = select(settings.data, settings.features, part.columns, part.bad, part.groups)
    values = ordered(settings.data, part.columns, part.bad)[result["selected"]]
    found = {"joint_proxies": joint_proxies(values, part.groups), "variance_inflation": variance_inflation(values)}
    write_json(layout.SELECTION, {**result, **found})
