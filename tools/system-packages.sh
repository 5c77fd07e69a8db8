#!/bin/sh
# Installs what the tests need from the system, where that can be done: as root on Debian. Elsewhere it says what is missing.
# Without git no test runs; without a browser or a registry those that need one are skipped (and fail under CI).
set -eu
missing() {
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || printf ' %s' "$program"
    done
}
needed=$(missing git)
wanted=$(missing chromium docker-registry busybox patch)
[ -n "$needed$wanted" ] || exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed $wanted >/dev/null
else
    echo "make test: please install:$needed$wanted" >&2
    [ -z "$needed" ]
fi
