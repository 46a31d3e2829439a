"""Parts that can be removed: each a folder here, its command in cli/ and one line that registers it."""
