#!/usr/bin/env bash
# Sets up .venv from hash-pinned requirements: `tools/setup.sh run` or `tools/setup.sh test`.
#
# The stamps in .venv hold the hashes of what it was made from; while they match, nothing is done.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

requirements=requirements/${1:?run or test}.txt
here=$(pwd -P)
python=.venv/bin/python

pick_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed: install it (apt install python3 python3-venv)" \
        "or name it with PYTHON=/path/to/python3."
}

# A virtual environment remembers where it was made; one that was moved or copied is made anew.
venv_is_sound() {
    grep -qsE '^command = ' .venv/pyvenv.cfg &&
        grep -qsF -e "$here/.venv" .venv/pyvenv.cfg &&
        "$python" -c 'import pip' 2>/dev/null
}

make_venv() {
    local base package
    base=$(pick_python)
    if ! "$base" -c 'import ensurepip, venv' 2>/dev/null; then
        package=$("$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        apt_install "$package" ||
            fail "Python has no venv module here: run 'apt install $package' as root, then try again."
    fi
    say "making .venv with $("$base" --version)"
    rm -rf .venv
    "$base" -m venv "$here/.venv"
}

hash_of() { cat "$@" | sha256sum | cut -c1-64; }

stamped() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

# test.txt holds every line of run.txt, so a test set-up is a run set-up too.
wanted_by() {
    case $1 in
        requirements/run.txt) hash_of requirements/run.txt ;;
        *) hash_of requirements/run.txt "$1" ;;
    esac
}

install_requirements() {
    local stamp wanted
    stamp=.venv/.stamp-$(basename "$requirements" .txt)
    wanted=$(wanted_by "$requirements")
    stamped "$stamp" "$wanted" && return
    say "installing $requirements into .venv"
    # Every package is pinned and hashed, so pip resolves nothing and builds nothing.
    "$python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes --no-deps --only-binary=:all: -r "$requirements"
    echo "$wanted" >"$stamp"
    wanted_by requirements/run.txt >.venv/.stamp-run
}

install_package() {
    local stamp=.venv/.stamp-package wanted
    wanted=$(hash_of pyproject.toml shortplank/__init__.py requirements/run.txt)
    stamped "$stamp" "$wanted" && return
    say "installing shortplank itself into .venv (editable)"
    # The build backend is pinned in run.txt: nothing is fetched here.
    "$python" -m pip install --quiet --disable-pip-version-check \
        --no-deps --no-build-isolation --no-index --editable .
    echo "$wanted" >"$stamp"
}

# Two makes at once wait for each other (the lock is on this file, so none is left behind).
exec 9<tools/setup.sh
if command -v flock >/dev/null; then flock 9; fi
venv_is_sound || make_venv
install_requirements
install_package
