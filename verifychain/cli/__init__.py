"""The command line: the only layer that prints, reads the environment or exits."""

import gc

from verifychain.cli.deferred import load_click

# What is loaded at the start stays until the end, and looking through it for garbage is time that a user waits for
# nothing. Garbage in cycles is rare here; a long run still has it collected, less often.
gc.set_threshold(100_000, 20, 20)
load_click()
