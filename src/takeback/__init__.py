"""Credit decisions you can take back: a DVC pipeline template."""
