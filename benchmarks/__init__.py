"""Measurements and long proofs of what the documentation claims: `make bench` and `make prove`."""
