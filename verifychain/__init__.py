"""verifychain: is every byte that a repository fetches from outside pinned by a digest, and is it really checked?"""

__version__ = "0.1.0"
