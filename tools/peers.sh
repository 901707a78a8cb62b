#!/usr/bin/env bash
# Sets up .venv-peers, what `make peers` compares with, from its hash-pinned requirements. The stamp
# in it holds their hash; while it matches, nothing is done.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

requirements=requirements/peers.txt
wanted=$(sha256sum "$requirements" | cut -c1-64)
stamp=.venv-peers/.stamp
[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && exit
say "installing $requirements into .venv-peers"
rm -rf .venv-peers
.venv/bin/python -m venv .venv-peers
.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --no-deps --only-binary=:all: -r "$requirements"
echo "$wanted" >"$stamp"
