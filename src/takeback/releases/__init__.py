"""Releases: what may become one, its tag, where it runs, and the way back."""
