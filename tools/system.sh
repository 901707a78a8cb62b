#!/usr/bin/env bash
# Sees to the system packages that browser tests need: a Chromium that starts and a Chinese font.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

has_chromium() { .venv/bin/python -m tools.browser >/dev/null; }

has_chinese_font() {
    local folders=(/usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts)
    [ -n "$(find "${folders[@]}" -iname 'NotoSansCJK*' -print -quit 2>/dev/null)" ]
}

missing_packages() {
    if ! has_chromium; then echo chromium; fi
    if ! has_chinese_font; then echo fonts-noto-cjk; fi
}

mapfile -t packages < <(missing_packages)
if [ "${#packages[@]}" -eq 0 ]; then exit 0; fi
apt_install "${packages[@]}" || true

mapfile -t packages < <(missing_packages)
if [ "${#packages[@]}" -eq 0 ]; then exit 0; fi
fail "The browser tests need ${packages[*]}: run 'apt install ${packages[*]}' as root." \
    "Any other Chromium or Chrome will do too: name it with SHORTPLANK_CHROMIUM=/path/to/chromium."
