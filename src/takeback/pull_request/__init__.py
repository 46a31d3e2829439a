"""What a pull request would change: rebuilt, compared with its base, and judged."""
