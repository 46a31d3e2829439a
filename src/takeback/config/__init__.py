"""Settings: what conf/ composes to, and the typed form of params.yaml that stages read."""
