"""
Who signed these very bytes? Evidence in, verdict out.

A converter (``bundle``, ``legacy_blob``) reads one container format into ``Evidence``. ``native`` takes the evidence
through every step (times, log, certificate, identity, signature), each a module of its own, none optional; ``library``
asks ``sigstore`` the same; ``verify`` puts the two together. Nothing here opens a connection or writes a file.
"""
