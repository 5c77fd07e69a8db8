#!/bin/sh
# Builds what the tests compare with, where there is a Go toolchain: BuildKit's own parser behind a small program, or,
# with the word cosign, cosign itself (minutes the first time; Go keeps what it compiled), with olareg a registry that
# has the referrers API. With sigstore-js it installs the verifier in JavaScript, where there is Node. go.sum and
# package-lock.json hold the modules with their dependencies; the tools' own settings say where they come from.
#
# What cannot be had is said, and its tests are skipped; under CI, where they may not be, this fails at once.
set -eu
cache=$(pwd)/.cache

absent() {
    echo "no peer: $1" >&2
    case ${CI:-} in
    '' | 0 | false) exit 0 ;;
    esac
    exit 1
}

# build MODULE PROGRAM PACKAGE: a program in the cache, from the module in tests/peers
build() {
    (cd "tests/peers/$1" && GOFLAGS=-mod=readonly go build -o "$cache/$2" "$3") ||
        absent "$1 could not be built ($(go env GOVERSION))"
}

# The files that BuildKit tests its parser with. The folder is there when all of them are.
copy_test_files() {
    module=$(cd tests/peers/buildkit && go list -m -f '{{.Dir}}' github.com/moby/buildkit)
    parser=$module/frontend/dockerfile/parser
    rm -rf "$1" "$1.new"
    mkdir "$1.new"
    cp -R "$parser"/testfiles/. "$parser"/testfiles-negative/. "$1.new"
    chmod -R u+w "$1.new"
    mv "$1.new" "$1"
}

install_sigstore_js() {
    mkdir -p "$cache/sigstore-js"
    for file in package.json package-lock.json answers.mjs; do
        cp "tests/peers/sigstore-js/$file" "$cache/sigstore-js"
    done
    npm ci --loglevel=error --ignore-scripts --no-audit --no-fund --prefix "$cache/sigstore-js" >/dev/null ||
        absent "sigstore-js could not be installed (Node $(node --version))"
    touch "$cache/sigstore-js/.done"
}

peer=${1:-buildkit}
program=go
[ "$peer" != sigstore-js ] || program=npm
command -v "$program" >/dev/null 2>&1 || exit 0
mkdir -p "$cache"
case $peer in
buildkit)
    build buildkit buildkit-answers .
    copy_test_files "$cache/buildkit-answers.files"
    ;;
cosign) build cosign cosign github.com/sigstore/cosign/v3/cmd/cosign ;;
olareg) build olareg olareg github.com/olareg/olareg/cmd/olareg ;;
sigstore-js) install_sigstore_js ;;
*)
    echo "peers.sh: there is no peer $peer" >&2
    exit 2
    ;;
esac
