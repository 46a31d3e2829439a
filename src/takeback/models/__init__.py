"""The four candidates behind one interface."""
