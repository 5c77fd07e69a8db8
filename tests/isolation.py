"""
What tests share when several processes run them at once, and what they may reach.

A test marked ``alone`` measures time: it waits for the tests of the other processes to end, and they wait for it.
With ``--no-network`` every process that runs tests leaves the network for a namespace of its own, where even the
loopback interface is down, and up only for tests marked ``loopback`` and those of modules that use what starts servers.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

# What starts servers on this machine, or asks them.
SERVERS = frozenset({
    "http.server", "tests.images.asking", "tests.images.docker_registry", "tests.origins.local_server",
    "tests.origins.stub_registry", "tests.peers.browser", "tests.peers.package_servers", "tests.peers.site",
})  # fmt: skip

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_SIOCSIFFLAGS = 0x8914  # linux/sockios.h
_IFF_UP = 1  # linux/if.h


class Network:
    """The network of this process. ``left`` tells whether it is a namespace of its own, which has no way out."""

    def __init__(self) -> None:
        self.left = False
        self._loopback = False

    def leave(self) -> None:
        """Raises OSError where that cannot be done (not root), AttributeError or ImportError where it is not Linux."""
        import fcntl  # noqa: F401  # as `loopback` will

        if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        self.left = True

    def loopback(self, up: bool) -> None:
        """Of a namespace that was made here; the machine's own interface is never touched."""
        import fcntl

        if not self.left or up == self._loopback:
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP if up else 0))
        self._loopback = up


class Turns:
    """
    Tests of several processes side by side, except those that want the machine to themselves.

    Who waits for the room to be empty holds the gate, so that nobody else enters it meanwhile. The locks are of the
    kind that a child does not inherit: one that a test left behind keeps nobody waiting.
    """

    def __init__(self, folder: Path) -> None:
        self._gate, self._room = folder / "gate.lock", folder / "room.lock"

    @contextmanager
    def taken(self, alone: bool) -> Iterator[None]:
        import fcntl

        with self._gate.open("a+") as gate, self._room.open("a+") as room:
            fcntl.lockf(gate, fcntl.LOCK_EX)
            fcntl.lockf(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            fcntl.lockf(gate, fcntl.LOCK_UN)
            yield


network = Network()


def leave_the_network(config: pytest.Config, *, must: bool) -> None:
    """What --no-network asks for, in a process that runs tests. ``must`` : where it cannot be had, nothing runs."""
    if not config.getoption("no_network") or (_workers(config) and not is_worker(config)):
        return
    try:
        network.leave()
    except (OSError, AttributeError, ImportError) as error:
        if must:
            raise pytest.UsageError(f"--no-network: the network cannot be left ({error})") from None
        print(f"--no-network: the network cannot be left ({error}): the tests run with it", file=sys.stderr)


def uses_servers(module: ModuleType) -> bool:
    """Whether a module has something from those in ``SERVERS`` among its names."""
    return any(
        getattr(value, "__module__", None) in SERVERS or getattr(value, "__name__", None) in SERVERS
        for value in vars(module).values()
    )


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _workers(config: pytest.Config) -> bool:
    return bool(config.getoption("dist", "no") != "no")
