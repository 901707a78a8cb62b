#!/usr/bin/env bash
# Rewrites run.txt, test.txt, peers.txt and spark.txt of requirements/ from their .in files; needs
# uv. Arguments go to uv, for example `tools/lock.sh --upgrade` or
# `tools/lock.sh --upgrade-package streamlit`.
set -euo pipefail
cd "$(dirname "$0")/../requirements"
. ../tools/lib.sh

command -v uv >/dev/null || fail "uv is needed to resolve requirements: pip install uv."

# One set for every Python from 3.11 and every platform; hashes, and no download address.
resolve() {
    uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-emit-index-url --no-emit-find-links "$@"
}

resolve "$@" run.in -o run.txt
resolve "$@" --constraint run.txt test.in -o test.txt
resolve "$@" peers.in -o peers.txt
resolve "$@" --constraint run.txt spark.in -o spark.txt
if grep -nE '://' run.txt test.txt peers.txt spark.txt; then
    fail "A download address stands in the requirements: take it out."
fi
