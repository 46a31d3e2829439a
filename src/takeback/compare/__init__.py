"""What changed between two revisions: each section a pure function, each format a rendering of one result."""
