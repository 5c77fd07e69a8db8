#!/bin/sh
# Installs what the tests need from the system, where that can be done: as root on Debian. Elsewhere it says what is missing.
set -eu
missing=
for program in git; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "make test: please install:$missing" >&2
    exit 1
fi
