"""The only code that opens a socket or starts a process. Handed to the rest through ``core.ports``."""
