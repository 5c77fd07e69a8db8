"""The Dockerfiles that most tests of commands and hooks are about: one that is pinned, and one that is not."""

HEX = "b877a1a3fdf02469440f1768cf69c9771338a875b7add5e80c45b756c92ac20a"
GOOD = f"FROM debian:12@sha256:{HEX}\n"
BAD = "FROM debian:12\n"
