"""The start-tag finder against a real browser: what runs was found, on pages written to be misread."""

from __future__ import annotations

import os
import re

import pytest

from tests.peers.browser import Browser, Job
from tests.peers.hostile_pages import EXTERNAL, PAGES, decoded, numbers, page, random_pages
from verifychain.formats.html.tags import Tag, read

SEED = int(os.environ.get("VERIFYCHAIN_SEED", "20261126"))
COUNT = int(os.environ.get("VERIFYCHAIN_PAGES", "150"))


def found(data: bytes) -> set[int]:
    """The numbers of the scripts that we find and take to run."""
    text = data.decode("latin-1")
    tags = read(text, {"script": ()}).tags
    return {number for tag in tags if tag.closed and not tag.inert for number in _numbers(tag, text)}


def _numbers(tag: Tag, text: str) -> set[int]:
    url = tag.first("href") or tag.first("xlink:href") if tag.namespace == "svg" else tag.first("src")
    number = tag.first("n")
    if url is not None:
        return {int(number.raw.rstrip("/"))} if number is not None and number.raw else set()
    content = "" if tag.content is None else text[tag.content.start : tag.content.end]
    if tag.namespace == "svg":
        content = text[tag.span.end : text.find("</", tag.span.end)]
    return {int(one) for one in re.findall(r"\.push\((\d+)\)", content)}


@pytest.mark.parametrize("kind", ["written", "random"])
def test_what_runs_was_found(browser: Browser, kind: str) -> None:
    texts = [decoded(text) for text in PAGES] if kind == "written" else random_pages(SEED, COUNT)
    site = browser.site
    site.put("/hostile.js", EXTERNAL)
    data = [page(text) for text in texts]
    paths = [site.put(f"/{kind}-{number}.html", one) for number, one in enumerate(data)]
    jobs = [Job(path, path, "w.done || []") for path in paths]
    ran = browser.run(jobs)
    missed, extra = {}, {}
    for job, one, text in zip(jobs, data, texts, strict=True):
        assert isinstance(ran[job.name], list), (text, ran[job.name])
        here = {int(number) for number in ran[job.name] if number is not None}  # None: a number that is none
        assert here <= numbers(text) | {0}, text
        if here - found(one):
            missed[text[:200]] = sorted(here - found(one))
        if found(one) - here:
            extra[text[:200]] = sorted(found(one) - here)
    assert missed == {}, f"{len(missed)} of {len(texts)}, seed {SEED}"
    print(f"{kind}: {len(texts)} pages, {sum(map(len, ran.values()))} scripts ran, not run but found: {extra}")
    assert len(extra) <= len(texts) // 10, extra
