# shellcheck shell=bash
# Sourced by the other scripts: what a machine needs, said in one sentence when it is missing.

need_rust() {
    command -v cargo >/dev/null ||
        { echo "Rust is needed (cargo was not found): install it from https://rustup.rs" >&2; exit 1; }
    command -v cc >/dev/null ||
        { echo "A C compiler is needed (cc was not found): apt-get install build-essential" >&2; exit 1; }
}

need_node() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        echo "Node 18 or newer with npm is needed: apt-get install nodejs npm" >&2
        exit 1
    fi
    local major
    major=$(node -p 'process.versions.node.split(".")[0]')
    if [ "$major" -lt 18 ]; then
        echo "Node 18 or newer is needed, and this is $(node --version)" >&2
        exit 1
    fi
}

# The interface's packages, as locked; again only when the lock file is newer than what is there.
install_ui() {
    if [ ! -e ui/node_modules/.package-lock.json ] || [ ui/package-lock.json -nt ui/node_modules/.package-lock.json ]; then
        npm ci --ignore-scripts --no-audit --no-fund --prefix ui
        touch ui/node_modules/.package-lock.json
    fi
}

build_ui() {
    need_node
    install_ui
    npm run --silent --prefix ui build
}

# have_debian PROGRAM PACKAGE…: installs Debian packages when their program is missing and we may.
have_debian() {
    local program=$1
    shift
    [ -x "$program" ] || install_debian "$program" "$@"
    [ -x "$program" ] && return 0
    ask_for_debian "$@"
}

# have_venv: the same for Python's virtual environments, which have no program of their own.
have_venv() {
    makes_venv || install_debian "python3 -m venv" python3 python3-venv
    makes_venv && return 0
    ask_for_debian python3 python3-venv
}

makes_venv() {
    python3 -c 'import ensurepip, venv' 2>/dev/null
}

install_debian() {
    local missing=$1
    shift
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "installing $* ($missing is missing)" >&2
        apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$@" >&2
    fi
}

ask_for_debian() {
    echo "$* is needed: sudo apt-get install --no-install-recommends $*" >&2
    return 1
}
