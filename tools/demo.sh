#!/bin/sh
# Checks fixtures/shop. It is faulty on purpose, so that finding nothing (or failing) is the error here.
set -u
cd "$(dirname "$0")/.." || exit 1
command=$PWD/${1:-.venv/bin/verifychain}
cd fixtures || exit 1
echo "\$ verifychain check shop"
"$command" check shop
code=$?
if [ "$code" -ne 1 ]; then
    echo "demo: exit code $code, and 1 (findings) was expected" >&2
    exit 1
fi
echo
echo "exit code 1: there are findings, as there should be in fixtures/shop"
