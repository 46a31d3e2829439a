"""Which rows train, calibrate and test; which features may enter."""
