#!/bin/sh
# Builds what the tests compare with, where there is a Go toolchain: BuildKit's own parser behind a small program, or,
# with the word cosign, cosign itself (minutes the first time; Go keeps what it compiled), with olareg a registry that
# has the referrers API. With sigstore-js it installs the verifier in JavaScript, where there is Node. go.sum and
# package-lock.json hold the modules with their dependencies; the tools' own settings say where they come from.
set -eu
case "${1:-}" in
cosign) package=github.com/sigstore/cosign/v3/cmd/cosign ;;
olareg) package=github.com/olareg/olareg/cmd/olareg ;;
*) package= ;;
esac
if [ -n "$package" ]; then
    command -v go >/dev/null 2>&1 || exit 0
    program=$(pwd)/.cache/$1
    mkdir -p .cache
    cd "tests/peers/$1"
    GOFLAGS=-mod=readonly go build -o "$program" "$package" || {
        echo "no peer: $1 could not be built (Go $(go env GOVERSION))" >&2
        exit 1
    }
    exit 0
fi
if [ "${1:-}" = sigstore-js ]; then
    command -v npm >/dev/null 2>&1 || exit 0
    mkdir -p .cache/sigstore-js
    cp tests/peers/sigstore-js/package.json tests/peers/sigstore-js/package-lock.json tests/peers/sigstore-js/answers.mjs \
        .cache/sigstore-js
    npm ci --silent --ignore-scripts --no-audit --no-fund --prefix .cache/sigstore-js
    touch .cache/sigstore-js/.done
    exit 0
fi
program=$(pwd)/.cache/buildkit-answers
command -v go >/dev/null 2>&1 || exit 0
mkdir -p .cache
cd tests/peers/buildkit
GOFLAGS=-mod=readonly go build -o "$program" . || {
    echo "no peer: BuildKit's parser could not be built (Go $(go env GOVERSION))" >&2
    exit 1
}
module=$(go list -m -f '{{.Dir}}' github.com/moby/buildkit)
rm -rf "$program.files"
mkdir "$program.files"
cp -R "$module"/frontend/dockerfile/parser/testfiles/. "$module"/frontend/dockerfile/parser/testfiles-negative/. "$program.files"
chmod -R u+w "$program.files"
