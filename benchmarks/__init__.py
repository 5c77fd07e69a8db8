"""Measurements of the command beside its peers, on the same files and in one run."""
