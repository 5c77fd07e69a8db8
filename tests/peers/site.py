"""A web site on two loopback ports (two origins): pages and assets from memory, behaviour by query."""

from __future__ import annotations

import contextlib
import gzip
import json
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

TYPES = {
    "html": "text/html", "js": "text/javascript", "mjs": "text/javascript", "css": "text/css",
    "json": "application/json", "svg": "image/svg+xml", "woff": "font/woff", "webmanifest": "application/manifest+json",
}  # fmt: skip

NO_STORE, KEEP = ("Cache-Control", "no-store"), ("Cache-Control", "max-age=600")


class File(NamedTuple):
    """
    What is served at a path. Headers may repeat.

    rest  sent behind the body when ``after`` was asked for
    """

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    rest: bytes = b""
    after: str = ""


@dataclass
class Site:
    """
    Files by path, the jobs for the browser's runner page, and what it sent back.

    handed  the jobs that it has, as long as it sent nothing back
    """

    files: dict[str, File] = field(default_factory=dict)
    jobs: queue.Queue[list[dict[str, Any]]] = field(default_factory=queue.Queue)
    handed: list[dict[str, Any]] = field(default_factory=list)
    results: queue.Queue[list[list[Any]]] = field(default_factory=queue.Queue)
    requested: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    ports: tuple[int, int] = (0, 0)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def other(self) -> str:
        """The other origin, which serves the same files."""
        return f"http://127.0.0.1:{self.ports[1]}"

    def put(self, path: str, text: str | bytes, headers: dict[str, str] | None = None) -> str:
        """Serve a file; its path."""
        body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        self.files[path] = File(body, tuple((headers or {}).items()))
        return path

    def put_in_two(self, path: str, first: str, second: str, after: str) -> str:
        """Serve a page whose second half is sent when ``after`` was asked for, which its first half loads."""
        self.files[path] = File(first.encode(), (), second.encode(), after)
        return path

    def awaits(self, path: str) -> None:
        """Wait until a path was asked for."""
        deadline = time.monotonic() + 20
        while path not in self.requested and time.monotonic() < deadline:
            time.sleep(0.01)


class Handler(BaseHTTPRequestHandler):
    """
    GET of a file, with its behaviour in the query.

    ``cors=*|creds``, ``gz``, ``st=404``, ``to=URL`` (redirect), ``keep`` (may be cached), ``h=Name: value``.
    """

    protocol_version = "HTTP/1.1"
    timeout = 30
    site: Site

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/next-jobs":
            self._jobs()
            return
        self.site.requested.append(self.path)
        file = self.site.files.get(url.path)
        query = parse_qs(url.query, keep_blank_values=True)
        headers = [*self._from_query(query), *(file.headers if file else ())]
        if "to" in query:
            self._send(302, b"", [NO_STORE, ("Location", query["to"][0]), *headers])
        elif file is None:
            self._send(404, b"", [NO_STORE, *headers])
        else:
            body = gzip.compress(file.body) if "gz" in query else file.body
            kind = TYPES.get(url.path.rpartition(".")[2], "application/octet-stream")
            cache = KEEP if "keep" in query else NO_STORE
            charset = "" if kind == "text/html" else "; charset=utf-8"
            headers = [("Content-Type", kind + charset), cache, *headers]
            self._send(int(query.get("st", ["200"])[0]), body, headers, file.rest, file.after)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if self.path == "/results":
            if self.site.handed:  # else they came already, and our answer did not arrive
                self.site.handed = []
                self.site.results.put(json.loads(body))
        else:
            self.site.posted.append(self.path)
        self._send(204, b"", [])

    def _jobs(self) -> None:
        """Jobs for the runner, which asks for no others before it sent results: else those did not arrive."""
        if not self.site.handed:
            with contextlib.suppress(queue.Empty):
                self.site.handed = self.site.jobs.get(timeout=20)
        self._send(200, json.dumps(self.site.handed).encode(), [NO_STORE, ("Content-Type", "application/json")])

    def _from_query(self, query: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
        match query.get("cors"):
            case ["creds"]:
                yield "Access-Control-Allow-Origin", self.headers.get("Origin", "null")
                yield "Access-Control-Allow-Credentials", "true"
            case [allowed]:
                yield "Access-Control-Allow-Origin", allowed
        if "gz" in query:
            yield "Content-Encoding", "gzip"
        for header in query.get("h", ()):
            name, _, value = header.partition(": ")
            yield name, value

    def _send(
        self, status: int, body: bytes, headers: list[tuple[str, str]], rest: bytes = b"", after: str = ""
    ) -> None:
        try:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + len(rest)))
            self.end_headers()
            self.wfile.write(body)
            if rest:
                self.site.awaits(after)
                self.wfile.write(rest)
        except OSError:  # the browser left
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, *arguments: object) -> None:
        """A browser resets connections as it likes."""


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    """A site on two free ports, for as long as the block lasts."""
    site = Site()
    handler = type("Bound", (Handler,), {"site": site})
    servers = [_Server(("127.0.0.1", 0), handler) for _ in range(2)]
    site.ports = (servers[0].server_port, servers[1].server_port)
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
