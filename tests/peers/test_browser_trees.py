"""
Which elements a page has, against a real browser: html5lib's trees, and random pages.

None that is live is missed. Some that are inert are taken to be live: every shadow tree that is declared is read.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

from tests.formats.html.test_passing import PIECES
from tests.formats.html.test_tags import CASES, FRAMESET, IN_SELECT, KEPT, elements
from tests.peers.browser import Browser, Job
from verifychain.formats.html.tags import read

SEED = int(os.environ.get("VERIFYCHAIN_SEED", "20261127"))
COUNT = int(os.environ.get("VERIFYCHAIN_PAGES", "150"))
PROBE = """(() => {
  const found = [], names = {xhtml: 'html', svg: 'svg', MathML: 'math'};
  const walk = (node, inert) => {
    for (const one of node.children) {
      found.push([names[one.namespaceURI.split('/').pop()], one.localName.toLowerCase(), inert]);
      if (one.content instanceof w.DocumentFragment) walk(one.content, true);
      if (one.shadowRoot) walk(one.shadowRoot, inert);
      walk(one, inert);
    }
  };
  walk(w.document, false);
  return found;
})()"""
MORE = [
    "<body>", "</body>", "</html>", "<tr>", "<td>", "</td>", "</table>", "<caption>", "<option>", "<optgroup>",
    "</select>", "<li>", "<button>", "</button>", "<a>", "</a>", "<b>", "</b>", "<font size=1>", "</font>", "<h1>",
    "</h2>", "</div>", "</foreignObject>", "</mi>", "<annotation-xml encoding=text/html>", "</annotation-xml>",
    "<annotation-xml>", "<mglyph>", "<marquee>", "</marquee>", "<form>", "<dd>", "<rt>", "<ruby>", "</br>", "<object>",
    "<input>", "<img>", "<textarea>", "</textarea>", "<xmp>", "</xmp>", "<noembed>", "</noembed>", "<nobr>", "<x-y>",
    "</x-y>", "<template shadowrootmode=open>", "<font-face>", "<thead>", "<colgroup>", "<th>", "<image>",
]  # fmt: skip
UNKNOWN = {"<frameset>", "<iframe srcdoc=x>"}  # what is open, and a page of its own


def pages() -> list[str]:
    """The cases that are of another day than the browser, some of the others, and random pages, in latin-1."""
    source = Random(SEED)
    cases = [case["input"] for number, case in enumerate(CASES) if number % 12 == 0 or "<frameset" in case["input"]]
    pieces = [piece for piece in (*PIECES, *MORE) if piece not in UNKNOWN]
    made = ["<!doctype html><body>" + "".join(source.choices(pieces, k=source.randint(2, 16))) for _ in range(COUNT)]
    return [text.encode("utf-8", "surrogatepass").decode("latin-1") for text in (*IN_SELECT, *cases)] + made


def test_a_browser_has_the_same_elements(browser: Browser) -> None:
    texts = pages()
    paths = [browser.site.put(f"/tree-{number}.html", text.encode("latin-1")) for number, text in enumerate(texts)]
    seen = browser.run([Job(path, path, PROBE) for path in paths])
    missed, extra = {}, {}
    for text, path in zip(texts, paths, strict=True):
        assert isinstance(seen[path], list), (text, seen[path])
        real = Counter(tuple(one) for one in seen[path] if one[0] != "html" or one[1] in KEPT)
        reading = read(text)
        found = elements(reading)
        if not all(found[one] >= count for one, count in real.items() if not one[2]):
            missed[text] = real - found
        elif found != real and not any(one.message == FRAMESET for one in reading.remarks):
            extra[text] = found - real
    assert missed == {}, f"seed {SEED}"
    print(f"{len(texts)} pages, found and not there: {extra}")
    assert len(extra) <= len(texts) // 25, extra
