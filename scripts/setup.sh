#!/usr/bin/env bash
# Sees to it that a build (with --tests: the black-box tests too) finds what it needs.
# On a Debian-like system it installs missing system packages when it may; everything else that
# is missing is named together with the command that brings it. What only some tests need is
# installed when it may be, and otherwise left out: those tests then say so themselves.
set -euo pipefail
cd "$(dirname "$0")/.."

with_tests=no
case "${1:-}" in
    "") ;;
    --tests) with_tests=yes ;;
    *)
        echo "usage: scripts/setup.sh [--tests]" >&2
        exit 2
        ;;
esac

packages=()
missing=()

have() { command -v "$1" >/dev/null 2>&1; }

# A C toolchain builds SQLite, the cryptography of aws-lc and jemalloc. The C++ compiler and make
# come in the same package.
for tool in cc c++ make; do
    if ! have "$tool"; then
        packages+=(build-essential)
        missing+=("$tool (the C toolchain)")
        break
    fi
done

if [ "$with_tests" = yes ]; then
    if ! have python3; then
        packages+=(python3 python3-venv)
        missing+=("python3 (3.10 or newer)")
    elif ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
        echo "The tests need Python 3.10 or newer; $(python3 --version 2>&1) is too old." >&2
        exit 1
    elif ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        packages+=(python3-venv)
        missing+=("Python's venv module")
    fi
fi

# What an installation starts with, or nothing where it is not possible without asking anybody.
as_root=()
may_install=no
if have apt-get; then
    if [ "$(id -u)" = 0 ]; then
        may_install=yes
    elif sudo -n true 2>/dev/null; then
        as_root=(sudo)
        may_install=yes
    fi
fi

apt_install() {
    "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "$@"
}

if [ "${#packages[@]}" -gt 0 ]; then
    if [ "$may_install" = yes ]; then
        echo "Missing: $(IFS=,; echo "${missing[*]}"). Installing: ${packages[*]}"
        apt_install "${packages[@]}"
    else
        {
            echo "Missing: $(IFS=,; echo "${missing[*]}")."
            echo "On a Debian-like system this brings it:"
            echo "    sudo apt-get install -y --no-install-recommends ${packages[*]}"
        } >&2
        exit 1
    fi
fi

# One of the example receivers is in PHP.
if [ "$with_tests" = yes ] && [ "$may_install" = yes ] &&
    ! php -r 'exit(extension_loaded("pdo_sqlite") ? 0 : 1);' 2>/dev/null; then
    echo "Missing: PHP with SQLite. Installing: php-cli php-sqlite3"
    apt_install php-cli php-sqlite3 || echo "It could not be installed: PHP is not tested." >&2
fi

# The dashboard is tested in a browser.
if [ "$with_tests" = yes ] && [ "$may_install" = yes ] &&
    ! have chromium && ! have chromium-browser && ! have google-chrome; then
    echo "Missing: a browser. Installing: chromium"
    apt_install chromium || echo "It could not be installed: pages are not tested." >&2
fi

# rustup installs to a directory that a shell opened earlier does not search.
if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
    echo "Rust is installed, but \$HOME/.cargo/bin is not in PATH. Run this and try again:" >&2
    # shellcheck disable=SC2016 # to be expanded by the reader's shell
    echo '    . "$HOME/.cargo/env"' >&2
    exit 1
fi

wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! have cargo; then
    if have rustup; then
        echo "Rust $wanted or newer is missing. This brings it:" >&2
    else
        echo "Rust $wanted or newer is missing. Install rustup (rustup.rs says how), then run:" >&2
    fi
    echo "    rustup toolchain install $wanted && rustup default $wanted" >&2
    exit 1
fi

# rustup's cargo may be there without any toolchain behind it.
found=$(cargo --version 2>/dev/null | awk '{ print $2 }' || true)
found=${found:-none}
if [ "$found" = none ] ||
    [ "$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" != "$wanted" ]; then
    echo "This project needs Rust $wanted or newer; the active toolchain is $found." >&2
    if have rustup; then
        echo "    rustup toolchain install $wanted && rustup default $wanted" >&2
    else
        echo "Install rustup (rustup.rs says how), then: rustup toolchain install $wanted" >&2
    fi
    exit 1
fi
