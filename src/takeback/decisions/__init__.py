"""From a margin to a PD, a decision and its reasons; the release bundle."""
