# Sourced by the scripts: `environment EXTRA...` makes .venv with the package and these optional groups, once for each change of them.

environment() {
    local python=${PYTHON:-python3} quiet=--quiet extra wanted
    [ -t 2 ] && quiet=
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        echo "Python 3.11 or newer is needed, and $python is not. Set PYTHON to one, for example PYTHON=python3.12 $0" >&2
        exit 1
    }
    wanted="$("$python" -V) $(cat pyproject.toml scripts/constraints.txt | cksum)"
    if [ "$(cat .venv/made 2>/dev/null)" != "$wanted" ]; then
        make_environment "$python"
        echo "$wanted" >.venv/made
    fi
    for extra in package "$@"; do
        [ -e ".venv/made-$extra" ] && continue
        echo "Installing into .venv ($extra); the first time this takes some minutes." >&2
        .venv/bin/pip install $quiet --disable-pip-version-check --constraint scripts/constraints.txt \
            --editable ".$([ "$extra" = package ] || echo "[$extra]")" >&2
        touch ".venv/made-$extra"
    done
}

make_environment() {
    rm -f .venv/made*
    "$1" -m venv .venv >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv, without which Python makes no virtual environment." >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
        "$1" -m venv .venv
    else
        echo "Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
        exit 1
    fi
}
