"""Programs for the project itself: not part of the package."""
