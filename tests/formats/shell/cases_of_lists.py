# ruff: noqa: E501
"""
Labelled cases: lists of digests that nothing here writes by their names. They are the project's, unless a download
may have brought them: then whoever serves the one serves the other.
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, H, U

_SUMS = "sha256sum -c SHA256SUMS\n"
_API = '"$(curl -s https://api.example/latest | jq -r .url)"'
_KEPT = "kept with the project, as far as anybody can tell"
_BROUGHT = "the list may have come with it"
_ID = "0123456789abcdef0123456789abcdef01234567"


def _case(name: str, get: str, right: list[str], why: str, *, use: str = "tar xf t.tgz") -> Case:
    return Case(name, f"set -e\n{get}\n{_SUMS}{use}\n", right, why)


OF_LISTS = [
    _case("a list that is kept with the project", f"curl -o t.tgz {U}", ["verified"], _KEPT),
    _case("a list that an address of another's brings", f"curl -o t.tgz {U}\ncurl -O {_API}", ["same-origin", "verified"], _BROUGHT),
    _case("an address of another's, in another folder", f'curl -o t.tgz {U}\ncurl -o "d/$(cat name)" {U}', ["verified", "verified"], _KEPT),
    _case("a name that the server gives", f'curl -o t.tgz {U}\ncurl -fsSLOJ "https://e.example/dl?id=3"', ["same-origin", "verified"], _BROUGHT),
    _case("a name that the server gives, to wget", f'curl -o t.tgz {U}\nwget --content-disposition "https://e.example/dl?id=3"', ["same-origin", "verified"], _BROUGHT),
    _case("the name of a redirect", f'curl -o t.tgz {U}\nwget --trust-server-names https://e.example/latest', ["same-origin", "verified"], _BROUGHT),
    _case("the name in the address", f'curl -o t.tgz {U}\ncurl -fsSLO "https://e.example/dl?id=3"', ["verified", "verified"], _KEPT),
    _case("a name that is given, whatever the server says", f'curl -o t.tgz {U}\nwget --content-disposition -O dl "https://e.example/dl?id=3"', ["verified", "verified"], _KEPT),
    _case("digests of what the server names", f'curl -OJ {U}\necho "{H}  t.tgz" | sha256sum -c -\nset --', ["verified"], "the digest stands here"),
    _case("a temporary file", f'f=$(mktemp)\ncurl -o t.tgz {U}\ncurl -o "$f" {U}\necho "{H}  $f" | sha256sum -c -', ["verified", "verified"], "no list is asked for by its name"),
    _case("all of a release", "gh release download v1 -R a/b", ["same-origin"], _BROUGHT),
    _case("all of a release, with digests of it", f"gh release download v1 -R a/b -p t.tgz\nset -- {H}", ["verified"], _KEPT),
    _case("a list of addresses", "wget -i urls.txt", ["same-origin"], _BROUGHT),
    _case("a folder of a server", "wget -r -np https://e.example/dist/\ncd e.example/dist", ["same-origin"], _BROUGHT),
    _case("a file of a server", "wget https://e.example/dist/t.tgz", ["verified"], _KEPT),
    _case("a folder of a bucket", "aws s3 cp --recursive s3://bucket/dist .", ["same-origin"], _BROUGHT),
    _case("a file of a bucket", "aws s3 cp s3://bucket/dist/t.tgz .", ["verified"], _KEPT),
    _case("a list in a clone", f"git clone https://e.example/all.git\ncurl -o all/t.tgz {U}\ncd all", ["unpinned", "same-origin"], "as good as the clone"),
    _case("a list in a clone of a commit", f"git clone https://e.example/all.git\ngit -C all checkout {_ID}\ncurl -o all/t.tgz {U}\ncd all", ["pinned", "verified"], "as good as the clone"),
    _case("a list beside a clone", f"git clone https://e.example/all.git\ncurl -o t.tgz {U}", ["verified", "verified"], _KEPT),
    Case("digests of a list of addresses", 'set -e\nwhile read -r url sum; do f=$(basename "$url"); wget "$url"; echo "$sum  $f" | sha256sum -c; done < list.txt\n', ["verified"], _KEPT),
    Case("a digest of a clone", f'set -e\ngit clone https://e.example/all.git\ncurl -o t.tgz {U}\necho "$(cat all/t.sha256)  t.tgz" | sha256sum -c -\ntar xf t.tgz\n', ["unpinned", "same-origin"], "as good as the clone"),
    Case("a digest of a clone of a commit", f'set -e\ngit clone https://e.example/all.git\ngit -C all checkout {_ID}\ncurl -o t.tgz {U}\necho "$(cat all/t.sha256)  t.tgz" | sha256sum -c -\ntar xf t.tgz\n', ["pinned", "verified"], "as good as the clone"),
]  # fmt: skip
