"""A copy of what a run gave, on an MLflow server. Git and DVC stay the source of truth."""
