#!/usr/bin/env bash
# Sees to Spark for its tests: Java 17, and pinned pyspark in .venv/spark, apart from what the
# product needs (half a gigabyte). Prints that folder, which PYTHONPATH takes.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

folder=.venv/spark
wanted=$(sha256sum requirements/spark.txt | cut -c1-64)

if ! command -v java >/dev/null; then
    apt_install openjdk-17-jre-headless ||
        fail "Spark needs Java: run 'apt install openjdk-17-jre-headless' as root."
fi
if [ "$(cat "$folder/.stamp" 2>/dev/null)" != "$wanted" ]; then
    say "installing requirements/spark.txt into $folder"
    rm -rf "$folder"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes --no-deps --target "$folder" -r requirements/spark.txt
    echo "$wanted" >"$folder/.stamp"
fi
echo "$PWD/$folder"
