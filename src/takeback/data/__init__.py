"""The data contract: what comes in, what is checked, what a model may see."""
