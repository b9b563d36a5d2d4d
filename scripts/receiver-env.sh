#!/usr/bin/env bash
# Makes one of examples/receivers ready and prints the command that runs it, a word a line; after
# an empty line comes the command of a second process that belongs to it.
#
#     scripts/receiver-env.sh python|javascript|go|rust|php
#
# What is fetched and built goes to target/receivers/LANGUAGE, and nothing is done again while its
# sources stay the same. Everything but the commands goes to stderr. Ends with 3 when the
# language's own tools are missing or too old, after a line that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

language=${1:-}
sources=examples/receivers/$language
built=$PWD/target/receivers/$language
untested="The $language receiver"
. scripts/languages.sh

ready_python() {
    needs python3 3.10 python3 --version
    # The tests have an environment with the same package; no second one is made for it.
    if missing=$(grep -vxFf tests/requirements.txt "$sources/requirements.txt"); then
        echo "tests/requirements.txt lacks what $sources/requirements.txt pins: $missing" >&2
        exit 1
    fi
    scripts/python-env.sh >&2
    printf '%s\n' "$PWD/.venv/bin/python" "$PWD/$sources/receiver.py"
}

ready_javascript() {
    needs node 20.10 node --version
    install_by_npm
    printf '%s\n' node "$built/receiver.mjs"
}

ready_go() {
    needs go 1.22 go version
    # Its SQLite is the one in C.
    needs cc 1 cc --version
    if is_stale "$(go version)"; then
        mkdir -p "$built"
        (cd "$sources" && CGO_ENABLED=1 go build -o "$built/receiver" .) >&2
        remember
    fi
    printf '%s\n' "$built/receiver"
}

ready_rust() {
    needs cargo 1.95 cargo --version
    # With an eye on the crate that it shows.
    if is_stale "$(cargo --version)" crates/signing; then
        cargo build --locked --quiet --manifest-path "$sources/Cargo.toml" \
            --target-dir "$built" >&2
        remember
    fi
    printf '%s\n' "$built/debug/receiver"
}

ready_php() {
    needs php 8.1 php --version
    if ! php -r 'exit(extension_loaded("pdo_sqlite") ? 0 : 1);'; then
        echo "$untested is not tested: PHP's extension pdo_sqlite is missing." >&2
        exit 3
    fi
    # The shell puts in the address, which the tests choose for each start.
    # shellcheck disable=SC2016
    printf '%s\n' sh -c 'exec php -S "$WEBHOOK_LISTEN" "$0"' "$PWD/$sources/receiver.php"
    printf '\n%s\n%s\n' php "$PWD/$sources/receiver.php"
}

case "$language" in
    python | javascript | go | rust | php) "ready_$language" ;;
    *)
        echo "usage: scripts/receiver-env.sh python|javascript|go|rust|php" >&2
        exit 2
        ;;
esac
