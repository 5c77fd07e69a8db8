#!/bin/sh
# Installs what the tests need from the system, where that can be done: as root on Debian. Elsewhere it says what is missing.
# Without git no test runs; without a browser or a registry those that need one are skipped (and fail under CI).
set -eu
missing() {
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || printf ' %s' "$program"
    done
}
install() { # one by one: a system that lacks one of them may have the others
    apt-get update -qq || return 0
    for package in "$@"; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null || true
    done
}
programs='git chromium docker-registry busybox patch gpg gpgv'
# shellcheck disable=SC2046,SC2086 # several words
if [ -n "$(missing $programs)" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    install $(missing $programs)
fi
# shellcheck disable=SC2086
absent=$(missing $programs)
[ -z "$absent" ] || echo "make test: please install:$absent" >&2
[ -z "$(missing git)" ]
