"""Git and DVC as the rest needs them: run a command, read another revision, work in a temporary clone."""
