#!/usr/bin/env bash
# Sees to the system packages that tests need: a Chromium that starts, a Chinese font, and Node.js
# for the provider that people sign in at (tests/gate/provider), which it installs. Where it can, also
# nginx, before which the server is tested, systemd's and logrotate's own checks of deploy/, and LibreOffice
# with poppler, by which papers are laid out and measured; without them those tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

has_chromium() { .venv/bin/python -m tools.browser >/dev/null; }

has_chinese_font() {
    local folders=(/usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts)
    [ -n "$(find "${folders[@]}" -iname 'NotoSansCJK*' -print -quit 2>/dev/null)" ]
}

has_node() {
    command -v npm >/dev/null &&
        node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

# An administrator's program is not on everybody's PATH.
has_nginx() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx >/dev/null; }

has_admin_tool() { PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null; }

missing_packages() {
    if ! has_chromium; then echo chromium; fi
    if ! has_chinese_font; then echo fonts-noto-cjk; fi
    if ! has_node; then printf '%s\n' nodejs npm; fi
}

# The versions are pinned in package.json; the stamp says which of them stand in node_modules.
install_provider() (
    cd tests/gate/provider
    wanted=$(cat package.json .npmrc | sha256sum | cut -c1-64)
    if [ "$(cat node_modules/.stamp 2>/dev/null)" = "$wanted" ]; then return; fi
    say "installing the tests' provider with npm"
    npm install --ignore-scripts --silent >&2 ||
        fail "The tests' provider was not installed: run 'npm install' in tests/gate/provider."
    echo "$wanted" >node_modules/.stamp
)

# Debian has Chromium without its window as well, by which pages take a third less of the processor.
if ! command -v chromium-headless-shell >/dev/null; then
    apt_install chromium-headless-shell || say "no chromium-headless-shell here: tests take longer."
fi

if ! has_nginx; then
    apt_install_without_service nginx nginx-light || say "no nginx here: its tests are skipped."
fi

if ! has_admin_tool systemd-analyze; then
    apt_install systemd || say "no systemd-analyze here: its tests are skipped."
fi
if ! has_admin_tool logrotate; then
    apt_install logrotate || say "no logrotate here: its test is skipped."
fi

if ! command -v soffice >/dev/null; then
    apt_install libreoffice-impress-nogui libreoffice-writer-nogui libreoffice-calc-nogui ||
        say "no LibreOffice here: the tests that lay papers out are skipped."
fi
if ! command -v pdftotext >/dev/null; then
    apt_install poppler-utils || say "no poppler-utils here: the tests that measure papers are skipped."
fi

mapfile -t packages < <(missing_packages)
if [ "${#packages[@]}" -gt 0 ]; then
    apt_install "${packages[@]}" || true
    mapfile -t packages < <(missing_packages)
fi
if [ "${#packages[@]}" -gt 0 ]; then
    fail "The tests need ${packages[*]}: run 'apt install ${packages[*]}' as root." \
        "Any other Chromium or Chrome will do too: name it with SHORTPLANK_CHROMIUM=/path/to/chromium;" \
        "any Node.js from 18 on with npm, on the PATH."
fi
install_provider
