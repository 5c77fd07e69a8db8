"""
Runs a command in a network namespace of its own, which has the loopback interface and no way out.

``python -m tools.offline COMMAND…``. Tests start servers on 127.0.0.1; whatever else they would reach, they must not.
Where that cannot be had (not Linux, not root) the command runs as it is, and standard error says so.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from typing import NoReturn

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_SIOCSIFFLAGS = 0x8914  # linux/sockios.h
_IFF_UP = 1  # linux/if.h


def enter() -> None:
    """Leave the network; raises OSError where that is not allowed."""
    import fcntl

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP))


def main(argv: list[str]) -> NoReturn:
    """Replace this process by the command."""
    try:
        enter()
    except (OSError, AttributeError, ImportError) as error:
        print(f"the network cannot be left ({error}): the command runs with it", file=sys.stderr)
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    main(sys.argv[1:])
