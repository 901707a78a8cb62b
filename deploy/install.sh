#!/bin/sh
# Installs Shortplank from an unpacked bundle. Nothing is fetched, and nothing is written outside of
# the target folder: each version has a folder of its own, and `current` points at the one in use.
#
#   sh install.sh [TARGET]              TARGET is /opt/shortplank where none is named
#   sh install.sh --rollback [TARGET]   go back to the version before
#   PYTHON=/path/to/python3 sh install.sh
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd -P)

fail() {
    printf '%s。%s。\n' "$1" "$2" >&2
    exit 1
}

say() { printf '%s\n' "$*"; }

rollback=
if [ "${1:-}" = --rollback ]; then
    rollback=1
    shift
fi
target=${1:-/opt/shortplank}
case $target in
    /*) ;;
    -*) fail "没有选项 $target" "用法：sh install.sh [--rollback] [目标文件夹]" ;;
    *) target=$(pwd -P)/$target ;;
esac
current=$target/current
previous=$target/previous

# Lets a link point at a version, in one step: whoever looks sees the old one or the new one.
point() {
    ln -sfn "versions/$2" "$1.new"
    mv -Tf "$1.new" "$1"
}

pointed() { if [ -L "$1" ]; then basename "$(readlink "$1")"; fi; }

lock() {
    command -v flock >/dev/null || return 0
    exec 9>"$target/.lock"
    flock -n 9 || fail "$target 正在由另一个窗口安装" "请等它结束后再试"
}

go_back() {
    old=$(pointed "$previous")
    now=$(pointed "$current")
    [ -n "$old" ] && [ -x "$target/versions/$old/bin/shortplank" ] ||
        fail "$target 里没有可以退回的版本" "请用原来的安装包重新安装"
    lock
    point "$current" "$old"
    if [ -n "$now" ]; then point "$previous" "$now"; fi
    say "已从 $now 退回 $old。请重新启动服务。"
    exit 0
}

if [ -n "$rollback" ]; then go_back; fi

# --- what must be true -----------------------------------------------------------------------------
[ -r "$here/bundle.env" ] && [ -r "$here/SHA256SUMS" ] ||
    fail "$here 不是完整的安装包" "请把安装包整个解开，在里面运行 install.sh"
(cd "$here" && sha256sum --quiet --strict -c SHA256SUMS >/dev/null 2>&1) ||
    fail "安装包里的文件不全，或与清单不符" "请重新复制安装包；运行 sha256sum -c SHA256SUMS 可看到是哪个文件"
# VERSION, BUILD, PY, ARCH, GLIBC, NEEDS (KiB): what the bundle was made for.
. "$here/bundle.env"

[ "$(uname -m)" = "$ARCH" ] ||
    fail "这个安装包用于 $ARCH，这台机器是 $(uname -m)" "请换用对应的安装包"

python=
for each in ${PYTHON:-"python$PY" python3}; do
    if found=$("$each" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) &&
        [ "$found" = "$PY" ]; then
        python=$each
        break
    fi
done
[ -n "$python" ] ||
    fail "这里没有 Python $PY" "请安装它，或换用对应 Python 的安装包，或用 PYTHON=/路径/python$PY 指定"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python $PY 缺少 venv 模块" "Debian 请安装 python$PY-venv"
"$python" - "$GLIBC" <<'END' || fail "系统的 glibc 低于 $GLIBC" "请在较新的系统上安装"
import platform, sys
number = lambda text: tuple(int(part) for part in text.split(".")[:2])
kind, has = platform.libc_ver()
sys.exit(kind != "glibc" or number(has) < number(sys.argv[1]))
END

# The disk is asked before anything is made there.
above=$target
while [ ! -e "$above" ]; do above=$(dirname "$above"); done
[ -d "$above" ] && [ -w "$above" ] ||
    fail "$target 不能写入" "请用 root 运行，或另写一个目标文件夹"
free=$(df -Pk "$above" | awk 'NR == 2 { print $4 }')
[ "$free" -ge "$NEEDS" ] ||
    fail "$target 所在的盘只剩 $((free / 1024)) MB，需要 $((NEEDS / 1024)) MB" "请清理后再装"
mkdir -p "$target/versions" 2>/dev/null ||
    fail "$target 不能写入" "请用 root 运行，或另写一个目标文件夹"
lock

# --- install ---------------------------------------------------------------------------------------
# A mark stands beside a version for as long as it is not whole: one that was killed has left it.
for each in "$target"/versions/.unfinished-*; do
    if [ -e "$each" ]; then
        rm -rf "$target/versions/${each##*/.unfinished-}"
        rm -f "$each"
    fi
done

place=$target/versions/$BUILD
mark=$target/versions/.unfinished-$BUILD
log=$target/versions/.install-$BUILD.log
works() { (cd / && "$place/bin/shortplank" --help >/dev/null 2>&1); }

take_back() {
    rm -rf "$place"
    rm -f "$mark"
    rmdir "$target/versions" 2>/dev/null && rm -f "$target/.lock" && rmdir "$target" || true
}

if ! { [ -x "$place/bin/shortplank" ] && works; }; then
    : >"$mark"
    rm -rf "$place"
    trap take_back EXIT
    trap 'fail "安装被中断，已全部撤回" "请重新运行 install.sh"' HUP INT TERM
    say "正在安装 $BUILD 到 $place，约一两分钟……"
    # Neither pip nor Python may be sent elsewhere by what the caller has set.
    {
        "$python" -I -m venv "$place" &&
            "$place/bin/python" -I -m pip --isolated install --quiet \
                --disable-pip-version-check --no-cache-dir --no-index \
                --find-links "$here/wheels" --require-hashes --no-deps \
                --only-binary=:all: -r "$here/requirements.txt"
    } >"$log" 2>&1 || {
        mv -f "$log" "${TMPDIR:-/tmp}/shortplank-install.log" 2>/dev/null || rm -f "$log"
        fail "安装没有完成，已全部撤回" "请看 ${TMPDIR:-/tmp}/shortplank-install.log（英文），多半是盘满或 Python 不完整"
    }
    rm -f "$log"
    works || fail "装好的程序不能运行，已全部撤回" "请确认系统和 Python 与安装包相符"
    rm -f "$mark"
    trap - EXIT HUP INT TERM
fi

now=$(pointed "$current")
point "$current" "$BUILD"
if [ -n "$now" ] && [ "$now" != "$BUILD" ]; then point "$previous" "$now"; fi
say "已装好 $BUILD：$current/bin/shortplank。下一步见 docs/deployment.zh-CN.md。"
