"""Pure values: no I/O, no clock, no network, standard library only."""
