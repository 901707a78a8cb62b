#!/bin/sh
# The command `shortplank` with the server's settings and as the server's account, for root:
# what it writes the server can read. Into /usr/local/bin/shortplank, mode 0755.
set -eu
set -a
. /etc/shortplank/shortplank.env
set +a
program=/opt/shortplank/current/bin/shortplank
if [ "$(id -un)" = shortplank ]; then exec "$program" "$@"; fi
export HOME="$SHORTPLANK_STATE"
exec setpriv --reuid shortplank --regid shortplank --init-groups -- "$program" "$@"
