import pytest


@pytest.fixture(scope="session")
def bundles(releases, tmp_path_factory):
    """The folder of the bundles that are spoiled, one for each kind of champion."""
    return next(tmp_path_factory.getbasetemp().glob("releases*"))
