#!/bin/sh
# A fresh machine, as far as one can be had on this one: the files that git has of this checkout, as they are now, in an
# empty folder, with an empty home, no virtual environment, and of the environment only what package clients need.
# There it runs the two commands of the README, and builds the source archive and the wheel; each is installed into an
# environment of its own, and the tests of the command run against what was installed.
#
# The clients' own caches of what they downloaded or compiled are used where they are; VERIFYCHAIN_FRESH_CACHES=no does
# without them. Nothing of this checkout's .venv and .cache is used.
set -eu
cd "$(dirname "$0")/.."
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
begin=$(date +%s)
copy=$work/checkout

say() { printf '\n== fresh machine, %d s: %s\n' $(($(date +%s) - begin)) "$*"; }

copy_files() { # what is deleted here is not there
    mkdir "$work/home" "$copy"
    git ls-files -z --cached | python3 -c '
import os, shutil, sys
for name in filter(None, sys.stdin.buffer.read().split(b"\0")):
    target = os.path.join(os.fsencode(sys.argv[1]), name)
    if os.path.lexists(name):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(name, target, follow_symlinks=False)' "$copy"
    # The tests ask git what is committed.
    git -C "$copy" init --quiet
    git -C "$copy" add --all --force
    git -C "$copy" -c user.name=fresh -c user.email=fresh@example.org -c commit.gpgSign=false commit --quiet --message fresh
}

# The environment: one NAME=VALUE a line in "$work/environment".
keep() {
    case $1 in
    *"$here"*) ;; # nothing of this checkout
    *) printf '%s\n' "$1" >>"$work/environment" ;;
    esac
}

describe_environment() {
    # Where packages come from, how that is reached, and what the tests are told by .ci/run.
    env | grep -E '^(LANG|LC_[A-Z]+|TZ|TERM|CI|VERIFYCHAIN_PEER_DATA|DEBIAN_FRONTEND|(PIP|UV|NPM_CONFIG|npm_config)_[A-Za-z_]+|GO[A-Z]+|[a-zA-Z]+_(proxy|PROXY)|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CA(INFO|PATH))=' |
        grep -vE '^(PIP_REQUIRE_VIRTUALENV|GOPATH|GOCACHE|GOMODCACHE|GOBIN)=' | while IFS= read -r line; do keep "$line"; done
    keep "HOME=$work/home"
    keep "VERIFYCHAIN_FRESH=1" # here the tests run, and no further fresh machine is made
    keep "PATH=$(printf %s "$PATH" | tr : '\n' | grep -vF "$here" | tr '\n' ':' | sed 's/:$//')"
    # Settings that a user of this machine keeps at home.
    for file in "${PIP_CONFIG_FILE:-}" "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        [ ! -f "$file" ] || { keep "PIP_CONFIG_FILE=$file" && break; }
    done
    [ ! -f "$HOME/.npmrc" ] || keep "NPM_CONFIG_USERCONFIG=$HOME/.npmrc"
    if command -v go >/dev/null 2>&1; then
        keep "GOENV=$(go env GOENV)"
    fi
    [ "${VERIFYCHAIN_FRESH_CACHES:-yes}" = no ] || describe_caches
}

describe_caches() {
    keep "PIP_CACHE_DIR=${PIP_CACHE_DIR:-$HOME/.cache/pip}"
    if command -v go >/dev/null 2>&1; then
        keep "GOCACHE=$(go env GOCACHE)"
        keep "GOMODCACHE=$(go env GOMODCACHE)"
    fi
    if command -v npm >/dev/null 2>&1; then
        keep "NPM_CONFIG_CACHE=$(npm config get cache)"
    fi
}

# Run a command in the copy, with that environment and nothing else.
inside() (
    cd "$copy"
    set -f
    IFS='
'
    # shellcheck disable=SC2046 # one word a line
    exec env -i $(cat "$work/environment") "$@"
)

# An environment with hashed packages, and one file of ours: install NAME FILE LOCK…
install() {
    name=$1 file=$2
    shift 2
    locks=''
    for lock in "$@"; do
        locks="$locks -r requirements/$lock.txt"
    done
    inside python3 -m venv "$work/$name"
    # shellcheck disable=SC2086 # several words
    inside "$work/$name/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes $locks
    inside "$work/$name/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --no-index --no-build-isolation "$file"
}

# Tests against an installed command; the programs and libraries of the tests are those of the copy.
try() {
    name=$1
    shift
    inside env VERIFYCHAIN_PROGRAM="$work/$name/bin/verifychain" VERIFYCHAIN_WHEELHOUSE="$copy/.venv/wheelhouse" \
        .venv/bin/python -m pytest -q -n auto --maxprocesses 8 --dist loadfile --no-network "$@"
}

copy_files
: >"$work/environment"
describe_environment
say 'make demo'
inside make demo >"$work/demo" || { cat "$work/demo" && exit 1; }
for rule in image-unpinned download-piped-to-shell pip-missing-hash sri-mismatch download-mismatch; do
    grep -q "\[$rule\]" "$work/demo" || { cat "$work/demo" && echo "make demo does not show $rule" >&2 && exit 1; }
done
tail -n 1 "$work/demo"
say 'make test'
inside make test
say 'the source archive, and the wheel from it'
inside .venv/bin/python -m build --no-isolation --outdir "$work/dist" . >"$work/build" 2>&1 || { cat "$work/build" && exit 1; }
say 'the tests of the command against the installed wheel'
install wheel "$(echo "$work"/dist/*.whl)" runtime
try wheel tests/cli tests/hooks/test_pre_commit_hook.py tests/hooks/test_pre_receive_hook.py
say 'some of them against the installed source archive'
install sdist "$(echo "$work"/dist/*.tar.gz)" build runtime
try sdist tests/cli/test_installed.py
say 'all is well'
