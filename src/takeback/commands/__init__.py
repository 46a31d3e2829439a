"""What the command line adds to DVC's and Git's own commands."""
