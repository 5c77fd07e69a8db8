#!/bin/sh
# Builds what the tests compare with: BuildKit's own parser behind a small program, where there is a Go toolchain.
# The module and its dependencies are held by go.sum; the toolchain's own settings say where they come from.
set -eu
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
