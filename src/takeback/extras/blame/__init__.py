"""Which step moved a metric between two releases: hybrids of both, Shapley values, and what chance explains."""
