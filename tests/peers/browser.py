"""
A real browser, headless, that loads pages of a ``Site`` in frames of one runner page and posts what became of them.

No WebDriver is needed, so the same runner works in Chromium, Firefox and WebKitGTK. ``make test`` installs Debian's
Chromium; the other two are used where ``VERIFYCHAIN_BROWSERS`` names them (``chromium,firefox,webkit``).
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.peers.site import Site

RUNNER = """<!doctype html><meta charset=utf-8><title>runner</title><body><script>
const sleep = ms => new Promise(done => setTimeout(done, ms));
async function run(job) {
  const frame = document.createElement('iframe');
  frame.src = job.url;
  const loaded = new Promise(done => { frame.onload = () => done(true); setTimeout(() => done(false), 60000); });
  document.body.append(frame);
  let found = 'no load event';
  if (await loaded) {
    await sleep(job.wait);
    try { found = new Function('w', 'return ' + job.probe)(frame.contentWindow); }
    catch (error) { found = 'error: ' + error; }
  }
  frame.remove();
  return [job.name, found];
}
async function ask(url, options) {  // again, where a connection was lost
  for (;;) try { return await (await fetch(url, options)).text(); } catch (error) { await sleep(100); }
}
(async () => {
  for (;;) {
    const jobs = JSON.parse(await ask('/next-jobs')), results = [];
    if (!jobs.length) continue;
    const worker = async () => { for (let job; job = jobs.shift();) results.push(await run(job)); };
    await Promise.all(Array.from({length: 8}, worker));
    await ask('/results', {method: 'POST', body: JSON.stringify(results)});
  }
})();
</script>"""

# machines without a network: without these flags Chromium looks up its maker's hosts at every start
CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
RAN = "!!w.ran"
TIMEOUT = 180


class Job(NamedTuple):
    """A page to load: its path, an expression over its window ``w``, and how long after ``load`` to ask (ms)."""

    name: str
    url: str
    probe: str = RAN
    wait: int = 30


@dataclass
class Browser:
    """A running browser on the runner page of ``site``."""

    site: Site
    process: subprocess.Popen[bytes]
    log: Path
    engine: str

    def run(self, jobs: list[Job]) -> dict[str, Any]:
        """Load every page; what its probe gave, by the job's name."""
        names = [job.name for job in jobs]
        assert len(set(names)) == len(names), "two jobs of one name"
        self.site.jobs.put([job._asdict() for job in jobs])
        try:
            found = dict(self.site.results.get(timeout=TIMEOUT))
        except queue.Empty:
            raise AssertionError(f"the browser did not answer: {self.console()[-2000:]}") from None
        assert set(found) == set(names)
        return found

    def console(self) -> str:
        """What the pages' consoles said (Chromium writes it to its log)."""
        return self.log.read_text("utf-8", "replace")


def wanted() -> list[str]:
    """The browsers to test with."""
    return os.environ.get("VERIFYCHAIN_BROWSERS", "chromium").split(",")


def program(engine: str) -> str | None:
    """The path of a browser, None where it is not installed."""
    match engine:
        case "chromium":
            return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        case "firefox":
            return shutil.which("firefox-esr") or shutil.which("firefox")
        case _:
            found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
            return str(found[-1]) if found else None


def _command(engine: str, path: str, profile: str, url: str) -> list[str]:
    match engine:
        case "chromium":
            return [path, *CHROMIUM, f"--user-data-dir={profile}", url]
        case "firefox":
            return [path, "--headless", "--no-remote", "--profile", profile, url]
        case _:
            return ["xvfb-run", "-a", path, "--private", url]


@contextmanager
def running(engine: str, site: Site) -> Iterator[Browser]:
    """A browser with a fresh profile, ended with the block."""
    site.put("/runner.html", RUNNER)
    with opened(engine, f"{site.origin}/runner.html") as (process, log):
        yield Browser(site, process, log, engine)


@contextmanager
def opened(engine: str, url: str, *flags: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A browser with a fresh profile on a page, and its log, ended with the block."""
    path = program(engine)
    assert path is not None
    with tempfile.TemporaryDirectory(prefix="verifychain-browser-", ignore_cleanup_errors=True) as folder:
        log = Path(folder, "log")
        profile = Path(folder, "profile")
        profile.mkdir()
        with log.open("wb") as output:
            command = _command(engine, path, str(profile), url)
            process = subprocess.Popen(
                [*command[:-1], *flags, url],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
            try:
                yield process, log
            finally:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The browser and its children, which are the group that it leads."""
    try:
        os.killpg(process.pid, 15)
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait(10)
    except ProcessLookupError:
        process.wait(10)
