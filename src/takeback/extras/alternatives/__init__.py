"""The search for less discriminatory alternatives: what else the bank could do, and what it would cost."""
