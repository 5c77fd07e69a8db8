"""The runner in the browser, on a machine that is so busy that connections are lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peers.browser import Browser, Job
from tests.peers.site import Handler


def test_a_lost_connection_loses_no_job(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    send, lost = Handler._send, list[str]()

    def lose(handler: Handler, *answer: Any) -> None:
        if handler.path in ("/next-jobs", "/results") and lost.count(handler.path) < 2:
            lost.append(handler.path)
            handler.close_connection = True
        else:
            send(handler, *answer)

    monkeypatch.setattr(Handler, "_send", lose)
    path = browser.site.put("/lost.html", "<script>ran = true</script>")
    for name in ("one", "two"):
        assert browser.run([Job(name, path)]) == {name: True}
    assert lost.count("/next-jobs") == lost.count("/results") == 2
