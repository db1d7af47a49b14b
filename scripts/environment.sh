# Sourced by the scripts: `environment EXTRA...` makes .venv with the package and these optional groups, once for each change of them.

environment() {
    local python=${PYTHON:-python3} extras wanted
    extras=$(IFS=,; echo "$*")
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        echo "Python 3.11 or newer is needed, and ${python} is not. Set PYTHON to one, for example PYTHON=python3.12 $0" >&2
        exit 1
    }
    wanted="$("$python" -V) $extras $(cat pyproject.toml scripts/constraints.txt | cksum)"
    [ "$(cat .venv/installed 2>/dev/null)" = "$wanted" ] && return
    if [ ! -x .venv/bin/pip ]; then
        "$python" -m venv .venv || {
            echo "Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2
            exit 1
        }
    fi
    echo "Installing into .venv; the first time this takes some minutes." >&2
    .venv/bin/pip install --quiet --disable-pip-version-check --constraint scripts/constraints.txt --editable ".${extras:+[$extras]}" >&2
    echo "$wanted" >.venv/installed
}
