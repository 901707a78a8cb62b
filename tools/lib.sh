# shellcheck shell=bash
# Shared by the set-up scripts: say, fail, apt_install and its kin. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Installs Debian packages when this user may; returns 1, having changed nothing, when not.
apt_install() {
    local as_root=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    say "installing with apt: $*"
    "${as_root[@]}" apt-get update -qq >&2 || return 1
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >&2
}

# Installs Debian packages as apt_install does; the service of that name does not start, now or at
# boot. policy-rc.d is what Debian asks before it starts one; one that is there already stays.
apt_install_without_service() (
    service=$1
    shift
    policy=/usr/sbin/policy-rc.d
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
    "${as_root[@]}" true 2>/dev/null || exit 1
    if [ -d "${policy%/*}" ] && [ ! -e "$policy" ]; then
        trap '"${as_root[@]}" rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null || exit 1
        "${as_root[@]}" chmod 755 "$policy" || exit 1
    fi
    apt_install "$@" || exit 1
    "${as_root[@]}" update-rc.d "$service" disable >&2
)
