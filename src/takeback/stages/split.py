"""Applications to train, calibration and test."""

from takeback import config
from takeback.common.files import read_parquet, write_parquet
from takeback.preparation.splitting import split
from takeback.stages import layout


def main() -> None:
    """Run the stage."""
    settings = config.load()
    for name, part in split(settings.data, settings.split, read_parquet(layout.APPLICATIONS)).items():
        write_parquet(layout.SPLIT[name], part)
