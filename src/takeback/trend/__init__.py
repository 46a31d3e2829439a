"""How the releases developed, from their own tags."""
