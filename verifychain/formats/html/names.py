"""Names of elements that the tree construction of the HTML standard treats in its own way (13.2.4.2, 13.2.6)."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _words("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
# Not kept on our stack: they are always open, or never at all.
ALWAYS_OPEN = frozenset({"html", "head", "body", "frameset"})
RAW_TEXT = frozenset({"style", "xmp", "iframe", "noembed", "noframes", "noscript", "title", "textarea", "script"})

SPECIAL = _words(
    "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd "
    "details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 head header hgroup hr html "
    "iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param "
    "plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead "
    "title tr track ul wbr xmp svg/foreignobject svg/desc svg/title math/mi math/mo math/mn math/ms math/mtext "
    "math/annotation-xml"
)
SCOPE = _words(
    "applet caption html table td th marquee object template select svg/foreignobject svg/desc svg/title math/mi "
    "math/mo math/mn math/ms math/mtext math/annotation-xml"
)
FORMATTING = _words("a b big code em font i nobr s small strike strong tt u")
CLOSES_P = _words(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 "
    "header hgroup hr li dd dt listing main menu nav ol p plaintext pre search section summary table ul xmp"
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# An element that a start tag of the same group closes when nothing else is open in between.
SIBLINGS = {
    "h1": "h1", "li": "li", "dd": "dd", "dt": "dd", "option": "option", "optgroup": "option",
    "rb": "rb", "rtc": "rb", "rt": "rb", "rp": "rb",
}  # fmt: skip
TABLE_RANKS = {
    "caption": 1, "colgroup": 1, "col": 1, "tbody": 1, "thead": 1, "tfoot": 1, "tr": 2, "td": 3, "th": 3,
}  # fmt: skip
TABLE_FAMILY = frozenset({"table", *TABLE_RANKS})

# Start tags that leave SVG and MathML ("breakout").
BREAKOUT = _words(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta "
    "nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"
)
HTML_POINTS = frozenset({"svg/foreignobject", "svg/desc", "svg/title"})
TEXT_POINTS = frozenset({"math/mi", "math/mo", "math/mn", "math/ms", "math/mtext"})
ANNOTATION = "math/annotation-xml"

# Start tags that say how to read on, wherever they stand.
DECISIVE = RAW_TEXT | {"svg", "math", "template", "plaintext", "frameset"}
# In SVG: what holds text alone as a rule, and what leads back to HTML, or may.
TITLES = frozenset({"title", "desc"})
UNUSUAL = BREAKOUT | TEXT_POINTS | (DECISIVE - {"title", "style"}) | {"foreignobject", "annotation-xml", "font"}
UNUSUAL |= {point.partition("/")[2] for point in TEXT_POINTS}
