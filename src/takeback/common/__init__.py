"""Errors, strict settings and files: what every other part stands on."""
