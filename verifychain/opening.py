"""Opens files that may be anything: a FIFO that nobody writes to, a device without an end."""

from __future__ import annotations

import os
import stat
from io import FileIO

# Opening a FIFO must not wait for a writer that never comes.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def regular(path: str) -> FileIO:
    """A regular file, or a link to one, for reading without a buffer. Raises OSError, also for all else."""
    handle = os.open(path, _FLAGS)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise OSError("is a directory" if stat.S_ISDIR(mode) else "not a regular file")
    return FileIO(handle)


def content(path: str, most: int) -> bytes:
    """The bytes of a regular file of at most so many. Raises OSError."""
    with regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= most:
            data = file.read(size + 1)  # no more: room for ``most`` costs more than the reading
            if data is None:
                raise OSError("nothing to read without waiting for it")  # as some files of /proc
            while len(data) != size and len(data) <= most and (more := file.read(most + 1 - len(data))):
                data += more  # it grows, or its size is not known (/proc)
            if len(data) <= most:
                return data
    raise OSError(f"larger than {most >> 20} MiB")
