"""
Pages that are hard to read as a browser does.

``[S1]`` is an inline script, ``[X1]`` an external one, ``[J1]`` the code; each says its number when it runs.
"""

from __future__ import annotations

import random
import re

CODE = "\n(window.done=window.done||[]).push(%s);"
EXTERNAL = CODE % "+document.currentScript.getAttribute('n')"
_MARK = re.compile(r"\[([SXJ])(\d+)\]")


def page(text: str) -> bytes:
    """The page that a template stands for."""

    def filled(match: re.Match[str]) -> str:
        code = CODE % match[2]
        if match[1] == "J":
            return code
        return f"<script>{code}</script>" if match[1] == "S" else f"<script n={match[2]} src=/hostile.js?keep></script>"

    return _MARK.sub(filled, text).encode("latin-1")


def numbers(text: str) -> set[int]:
    """The numbers of a template's scripts."""
    return {int(match[2]) for match in _MARK.finditer(text)} | {int(one) for one in re.findall(r" n=\"?(\d+)", text)}


COMMENTS = r"""
<!-- [S1] -->[S2]
<!--> [S1] -->[S2]
<!---> [S1] -->[S2]
<!--- > [S1] -->[S2]
<!----> [S1]
<!-----> [S1]
<!-- --!> [S1]
<!-- --! > [S1] -->[S2]
<!-- -- > [S1] -->[S2]
<!--!> [S1] --> [S2]
<!--[S1]--[S2]-->[S3]
<!-- <!-- [S1] --> [S2] -->
<!--[S1]
<!-[S1]->[S2]
<! [S1]>[S2]
<!x [S1]>[S2]
<!>[S1]
</ [S1]>[S2]
</>[S1]
</3[S1]>[S2]
<? [S1] ?>[S2]
<?php echo "[S1]" ?>[S2]
<% [S1] %>[S2]
< script>[J1]</script>[S2]
<3>[S1]
<[S1]>[S2]
<<[S1]
<![CDATA[ [S1] ]]>[S2]
<![CDATA[>[S1]]]>[S2]
<svg><![CDATA[ [S1] ]]></svg>[S2]
<svg><![CDATA[ > [S1] ]]>[S2]</svg>[S3]
<svg><![CDATA[ [S1] </svg>[S2]
<svg><desc><![CDATA[ [S1] ]]>[S2]</desc></svg>[S3]
<svg><![cdata[ [S1] ]]>[S2]</svg>[S3]
<math><mi><![CDATA[ [S1] ]]>[S2]</mi></math>[S3]
<!doctype [S1]>[S2]
<!DOCTYPE html PUBLIC "[S1]">[S2]
<!DOCTYPE html SYSTEM 'x>[S1]'>[S2]
""".strip().split("\n")

RAW_TEXT = r"""
<title>[S1]</title>[S2]
<title>[S1]
<title/>[S1]</title>[S2]
<title></title x="[S1]">[S2]
<title><!--</title>[S1]-->[S2]
<textarea>[S1]</textarea>[S2]
<textarea>[S1]</textarea/>[S2]
<textarea></textareax>[S1]</textarea >[S2]
<style>[S1]</style>[S2]
<style></stylex>[S1]</style>[S2]
<style><!--</style>[S1]-->[S2]
<style>[S1]</STYLE\t>[S2]
<xmp>[S1]</xmp>[S2]
<iframe>[S1]</iframe>[S2]
<noembed>[S1]</noembed>[S2]
<noframes>[S1]</noframes>[S2]
<noscript>[S1]</noscript>[S2]
<noscript><p title="</noscript>[S1]">[S2]
<head><noscript><style></noscript>[S1]</style>[S2]
<plaintext>[S1]
<p><plaintext></plaintext>[S1]
<svg><plaintext>[S1]</svg>[S2]
<listing>[S1]</listing>[S2]
<pre>\n[S1]</pre>[S2]
<math><title>[S1]</title></math>[S2]
<svg><style>[S1]</style></svg>[S2]
<svg><textarea>[S1]</textarea></svg>[S2]
<svg><iframe>[S1]</iframe></svg>[S2]
<svg><noscript>[S1]</noscript></svg>[S2]
<svg><xmp>[S1]</xmp></svg>[S2]
<svg><title><textarea>[S1]</textarea></title></svg>[S2]
<svg><desc><style>[S1]</style></desc></svg>[S2]
""".strip().split("\n")

SCRIPTS = r"""
<script><!-- [J1]</script>[S2]
<script><!--\n[J1]</script>[S2]
<script><!--\n[J1]//<script>\n</script>\n[J2]//--></script>[S3]
<script><!--\n[J1]//<script\n</script>[S2]//--></script>[S3]
<script><!--\n[J1]//<scriptx>\n</script>[S2]
<script><!--\n[J1]//<script/></script>[S2]--></script>[S3]
<script>//<!--<script>[J1]</script>[S2]
<script>//<!--<script>--></script>[S1]
<script>//<!--><script>\n[J1]</script>[S2]
<script>//<!---><script>\n[J1]</script>[S2]
<script>//<!-- --!><script>\n[J1]</script>[S2]</script>[S3]
<script>//<!--<SCRIPT >x</SCRIPT >--><!--<script>y</script>\n[J1]//--></script>[S2]
<script>[J1]</script [S2]>[S3]
<script>[J1]</script x=">">[S2]
<script>[J1]</script/>[S2]
<script>[J1]//</scripty>\n[J2]</script>[S3]
<script>[J1]//</script\x0b>\n[J2]</script>[S3]
<SCRIPT>[J1]</ScRiPt>[S2]
<script\n>[J1]</script\t>[S2]
<script\x0c>[J1]</script\x0c>[S2]
<script\x0b>[J1]</script>[S2]
<script>[J1]
<script src=/hostile.js n=1>[S2]
<script src=/hostile.js n=1/></script>[S2]
<script n=1 src=/hostile.js />[S2]</script>[S3]
<script/n=1/src=/hostile.js></script>[S2]
<script n=1 src = "/hostile.js" ></script>
<script n="1"src="/hostile.js"></script>
<script x=">" n=1 src=/hostile.js></script>
<script x='>"' n=1 src=/hostile.js></script>
<script x=a"b' n=1 src=/hostile.js></script>
<script x="[S9]" n=1 src=/hostile.js></script>
<script n=1 n=2 src=/hostile.js></script>
<script =x n=1 src=/hostile.js></script>
<script "x n=1 src=/hostile.js></script>
<script <x n=1 src=/hostile.js></script>
<script n=1 src=/nope.js SRC=/hostile.js></script>[S2]
<script n=1 src=/hostile.js src=/nope.js></script>[S2]
<script n=1 src=&#x2f;hostile.js></script>
<script n=1 src="\n /hostile.js\t"></script>
<script n=1 src></script>[S2]
<script n=1 src="">[J1]</script>[S2]
<script\x00>[J1]</script>[S2]
<scr\x00ipt>[J1]</script>[S2]
<script \x00 n=1 src=/hostile.js></script>
<xscript>[S1]</xscript>
<script-x>[S1]</script-x>
<script:x>[S1]</script:x>
<o:p><style>[S1]</style></o:p>[S2]
<svg:svg><script>[J1]</script></svg:svg>[S2]
<script type="">[J1]</script>
<script type=" text/javascript ">[J1]</script>
<script type=TEXT/JavaScript>[J1]</script>
<script type=application/ecmascript>[J1]</script>
<script type=text/jscript>[J1]</script>
<script type=text/plain>[J1]</script>[S2]
<script type=text/javascript;charset=utf-8>[J1]</script>[S2]
<script language=JavaScript1.2>[J1]</script>
<script language=vbscript>[J1]</script>[S2]
<script language="">[J1]</script>
<script type=module>[J1]</script>
<script type=" module">[J1]</script>[S2]
<script nomodule>[J1]</script>[S2]
<script for=window event=onload>[J1]</script>[S2]
<script for=a event=b>[J1]</script>[S2]
<script async>[J1]</script><script defer>[J2]</script>
<p title="[S1]">[S2]
<p title='<!-- [S1]'>[S2]
<p title=[S1]>[S2]
<p title = [S1]>[S2]
<p "[S1]">[S2]
<p a=b"[S1]">[S2]
<p/[S1]>[S2]
<p x="[S1]
<p x=y [S1]
<a href="javascript:'<script>[J1]</script>'">[S2]
<iframe srcdoc="[S1]"></iframe>[S2]
<object data="data:text/html,[S1]">[S2]</object>
&lt;script&gt;[J1]&lt;/script&gt;[S2]
""".strip().split("\n")

FOREIGN = r"""
<svg><script>[J1]</script></svg>[S2]
<svg><script/>[S1]</svg>[S2]
<svg><script n=1 href=/hostile.js /></svg>[S2]
<svg><script n=1 href=/hostile.js></script></svg>
<svg><script n=1 xlink:href=/hostile.js></script></svg>
<svg><script n=1 src=/hostile.js></script></svg>[S2]
<svg><script><!--[J1]--></script>[S2]</svg>
<svg><script>[J1]<!-- </script> --></script>[S2]</svg>
<svg><script><![CDATA[[J1]]]></script>[S2]</svg>
<svg><script><g>[J1]</g></script>[S2]</svg>
<svg><SCRIPT>[J1]</SCRIPT></svg>[S2]
<svg><title>[S1]</title></svg>[S2]
<svg><desc>[S1]</desc></svg>[S2]
<svg><foreignObject>[S1]</foreignObject></svg>[S2]
<svg><foreignobject><style>[S1]</style></foreignobject></svg>[S2]
<svg><p>[S1]</svg>[S2]
<svg><p><style>[S1]</style></svg>[S2]
<svg></p><style>[S1]</style>[S2]
<svg><br><style>[S1]</style></svg>[S2]
<svg></br><style>[S1]</style></svg>[S2]
<svg><font color=x><style>[S1]</style></svg>[S2]
<svg><font x=y><style>[S1]</style></svg>[S2]
<svg><template>[S1]</template></svg>[S2]
<svg><g/><style>[S1]</style></svg>[S2]
<svg/><style>[S1]</style>[S2]
<svg><svg></svg><style>[S1]</style></svg>[S2]
<svg><a><title></a><style>[S1]</style></svg>[S2]
<svg><foreignObject><div></svg><style>[S1]</style>[S2]
<svg><title></svg><style>[S1]</style>[S2]
<svg><desc><svg></desc><style>[S1]</style>[S2]
<math><script>[J1]</script></math>[S2]
<math><mtext>[S1]</mtext></math>[S2]
<math><mtext><style>[S1]</style></mtext></math>[S2]
<math><mi><mglyph><style>[S1]</style></mglyph></mi></math>[S2]
<math><mtext><mglyph><script>[J1]</script></mglyph></mtext></math>[S2]
<math><mtext><table><mglyph><style>[S1]</style></table></mtext></math>[S2]
<math><annotation-xml encoding="text/html"><style>[S1]</style></annotation-xml></math>[S2]
<math><annotation-xml encoding="TEXT/HTML">[S1]</annotation-xml></math>[S2]
<math><annotation-xml encoding="application/xhtml+xml">[S1]</annotation-xml></math>[S2]
<math><annotation-xml><style>[S1]</style></annotation-xml></math>[S2]
<math><annotation-xml><svg><script>[J1]</script></svg></annotation-xml></math>[S2]
<math><svg><script>[J1]</script></svg></math>[S2]
<math><mtext><svg><script>[J1]</script></svg></mtext></math>[S2]
<math><p><style>[S1]</style></math>[S2]
<math></math><style>[S1]</style>[S2]
<math><style><img title="</style>[S1]">[S2]</style></math>[S3]
<form><math><mtext></form><form><mglyph><style></math>[S1]</style>[S2]
<svg></svg></svg><![CDATA[>[S1]]]>[S2]
<table><svg><style>[S1]</style></svg></table>[S2]
<select><svg><style>[S1]</style></svg></select>[S2]
""".strip().split("\n")

TREES = r"""
<template>[S1]</template>[S2]
<template>[S1]
<template><template></template>[S1]</template>[S2]
<template></template></template>[S1]
<template><div></template>[S1]
<template><style></template>[S1]</style>[S2]</template>[S3]
<template><svg></template>[S1]</svg>[S2]
<template><svg><p></template>[S1]
<template><table><tr></template>[S1]
<template/>[S1]</template>[S2]
<TEMPLATE>[S1]</TEMPLATE>[S2]
<div><template shadowrootmode=open>[S1]</template></div>[S2]
<div><template shadowrootmode=CLOSED>[S1]</template></div>[S2]
<div><template shadowrootmode=bogus>[S1]</template></div>[S2]
<div><template shadowrootmode>[S1]</template></div>[S2]
<a><template shadowrootmode=open>[S1]</template></a>[S2]
<x-y><template shadowrootmode=open>[S1]</template></x-y>[S2]
<p><template shadowrootmode=open>[S1]</template></p>[S2]
<div><template shadowrootmode=open><template>[S1]</template>[S2]</template></div>[S3]
<div><template><div><template shadowrootmode=open>[S1]</template></div></template></div>[S2]
<select>[S1]</select>[S2]
<select><option>[S1]</option></select>[S2]
<select><option><b>[S1]</select>[S2]
<select><div>[S1]</div></select>[S2]
<select><textarea>[S1]</textarea></select>[S2]
<select><template>[S1]</template></select>[S2]
<select><style>[S1]</style></select>[S2]
<select><title>[S1]</title></select>[S2]
<select><noscript>[S1]</noscript></select>[S2]
<select><iframe>[S1]</iframe></select>[S2]
<select><select>[S1]
<select><input>[S1]
<table>[S1]<tr>[S2]<td>[S3]</table>[S4]
<table><caption>[S1]</caption><colgroup>[S2]<col>[S3]</table>[S4]
<table><style>[S1]</style></table>[S2]
<table><title>[S1]</title></table>[S2]
<table><textarea>[S1]</textarea></table>[S2]
<table><colgroup><style>[S1]</style></table>[S2]
<table><template>[S1]</template></table>[S2]
<table><tr><noscript>[S1]</noscript></table>[S2]
<frameset>[S1]</frameset>[S2]
<frameset><noframes>[S1]</noframes></frameset>[S2]
<p>x<frameset>[S1]</frameset>[S2]
<body>[S1]<frameset>[S2]
<html><head>[S1]</head>[S2]<body>[S3]</body>[S4]</html>[S5]
<head><title>[S1]</title><p>[S2]<head>[S3]
<body><head><style>[S1]</style></head>[S2]
<b><p></b>[S1]</p>[S2]
<button><button>[S1]</button>[S2]
<form><form>[S1]</form>[S2]</form>[S3]
<a><a>[S1]<table><a>[S2]</table>
<image>[S1]
<isindex>[S1]
<marquee><applet><object>[S1]</marquee>[S2]
<ruby><rtc><rt>[S1]
<dd><dt><li>[S1]
<param><source><track>[S1]
<video>[S1]</video><audio>[S2]</audio>
<canvas>[S1]</canvas><object>[S2]</object>
<details>[S1]</details><dialog>[S2]</dialog>
<menuitem>[S1]</menuitem><keygen>[S2]
<bgsound>[S1]<basefont>[S2]<link>[S3]<meta>[S4]
""".strip().split("\n")

GENERATED = [
    "<div>" * 600 + "[S1]",
    "<svg>" * 600 + "<script>[J1]</script>",
    "<b>" * 300 + "<p>[S1]",
    "<svg>" * 300 + "</g>" * 300 + "</svg>" * 300 + "<style>[S1]</style>[S2]",
    "<template>" * 100 + "[S1]" + "</template>" * 100 + "[S2]",
    "<!--" * 1000 + "[S1]-->[S2]",
    "<script>//" + "<!--<script>" * 500 + "\n[J1]</script>" * 2 + "[S2]",
    "<p " + "a=b " * 900 + "x='[S1]'>[S2]",
    "<p " + " ".join(f"a{number}=b" for number in range(900)) + ">[S1]",
    "<title>" + "</titl" * 2000 + "[S1]</title>[S2]",
    "".join(f"[S{number}]<!--x-->[X{number + 100}]" for number in range(60)),
    "\xef\xbb\xbf[S1]<!-- \xe2\x80\x94 [S2] -->[S3]",
    "<meta charset=utf-8><p title='\xe3\x81\x82'>[S1]\xff\xfe<!--\xc3-->[S2]",
    "<meta charset=windows-1252><p title=\xa0[S1]>[S2]",
    "<meta charset=shift_jis><p title='\x83\x5c'>[S1]<!--\x83\x5c-->[S2]",
    "<meta charset=gbk><p title='\x81\x40'>[S1]<p title=\"\x81\x30\x81\x30\">[S2]",
    "<meta charset=big5><p title='\xa4\x5c'>[S1]",
    "<meta charset=euc-jp><p title='\xa4\xa2'>[S1]<!--\xa4-->[S2]",
]

PAGES = [*COMMENTS, *RAW_TEXT, *SCRIPTS, *FOREIGN, *TREES, *GENERATED]


def decoded(text: str) -> str:
    r"""A line with its ``\n`` and its like as the characters they stand for."""
    names = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(?:x([0-9a-f]{2})|([ntr]))", lambda m: chr(int(m[1], 16)) if m[1] else names[m[2]], text)


PIECES = (
    "[S]", "[S]", "[X]", "<!--", "-->", "--!>", "<title>", "</title>", "<style>", "</style>", "<textarea>",
    "</textarea>", "<svg>", "</svg>", "<math>", "</math>", "<mtext>", "</mtext>", "<desc>", "</desc>",
    "<foreignObject>", "<p>", "</p>", "<template>", "</template>", "<table>", "</table>", "<td>", "<select>",
    "</select>", "<script>//", "</script>", "\n", "<![CDATA[", "]]>", "<noscript>", "</noscript>", "<xmp>", "</xmp>",
    "<b>", "</b>", "<a x='", "'>", "<i x=\"", '">', "<br>", "</br>", "<annotation-xml encoding=text/html>", "<font>",
    "<div>", "</div>", "<svg/>", "<g/>", "&lt;", "<", "</", "<iframe>", "</iframe>", "<option>", "<script><!--\n",
    "<mglyph>", "<li>", "</form>", "<form>",
)  # fmt: skip


def random_pages(seed: int, count: int) -> list[str]:
    """Pages of pieces in any order; the same seed gives the same pages."""
    source = random.Random(seed)
    pages = []
    for _ in range(count):
        text, number = "", 0
        for _ in range(source.randrange(3, 14)):
            piece = source.choice(PIECES)
            if piece in ("[S]", "[X]"):
                number += 1
                piece = f"{piece[:2]}{number}]"
            text += piece
        pages.append(f"{text}[S{number + 1}]")
    return pages
