"""Settings: base for all; embedded for one machine, test for the suite, production for a city."""
