"""Every hostile bundle, and the valid ones that must not be taken for one."""

from tests.hostile.curves import CURVE_CASES
from tests.hostile.files import FILES, VALID
from tests.hostile.models import MODELS
from tests.hostile.settings import SETTINGS

HOSTILE = [*SETTINGS, *MODELS, *CURVE_CASES, *FILES]

__all__ = ["HOSTILE", "VALID"]
