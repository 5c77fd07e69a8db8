"""Targets that break each promise: the harness must find them."""

from __future__ import annotations

from tests.fuzz.target import Target


class Crash(Target):
    def check(self, data: bytes) -> None:
        if b"x" in data:
            raise KeyError("x")


class Deep(Target):
    def check(self, data: bytes) -> None:
        self.check(data)


class Slow(Target):
    def check(self, data: bytes) -> None:
        while True:
            pass


class Large(Target):
    kept = b""

    def check(self, data: bytes) -> None:
        self.kept = b"x" * (310 << 20)


def targets() -> list[Target]:
    return [Crash("crash", [b"xyz"]), Deep("deep", [b"a"]), Slow("slow", [b"a"])]


def large() -> list[Target]:
    return [Large("large", [b"a"])]
