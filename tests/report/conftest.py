import pytest

from tests.report import example


@pytest.fixture
def metrics():
    return example.metrics()
