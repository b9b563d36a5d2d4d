#!/usr/bin/env bash
# Makes one of the walkers of tests/sdk ready and prints the command that runs it, a word a line:
#
#     scripts/sdk-env.sh python|javascript|go|rust|java
#
# What is fetched and built goes to target/sdk/LANGUAGE, and nothing is done again while its
# sources stay the same. Everything but the command goes to stderr. Ends with 3 when the
# language's own tools are missing or too old, after a line that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

language=${1:-}
sources=tests/sdk/$language
built=$PWD/target/sdk/$language

untested="The $language SDK"
. scripts/languages.sh

ready_python() {
    needs python3 3.10 python3 --version
    scripts/python-env.sh >&2
    printf '%s\n' "$PWD/.venv/bin/python" "$PWD/$sources/walk.py"
}

ready_javascript() {
    needs node 20 node --version
    install_by_npm
    printf '%s\n' node "$built/walk.mjs"
}

ready_go() {
    needs go 1.21 go version
    if is_stale "$(go version)"; then
        mkdir -p "$built"
        (cd "$sources" && go build -o "$built/walk" .) >&2
        remember
    fi
    printf '%s\n' "$built/walk"
}

ready_rust() {
    needs cargo 1.95 cargo --version
    if is_stale "$(cargo --version)"; then
        cargo build --locked --quiet --manifest-path "$sources/Cargo.toml" \
            --target-dir "$built" >&2
        remember
    fi
    printf '%s\n' "$built/debug/hookwire-sdk-walk"
}

# Maven colours what it prints even when nobody looks, also to stderr.
maven_version() {
    mvn --batch-mode --version 2>/dev/null | grep -o 'Apache Maven [0-9.]*'
}

ready_java() {
    needs javac 17 javac --version
    needs mvn 3.6 maven_version
    if is_stale "$(javac --version)"; then
        # Without what was removed from the sources since.
        rm -rf "$built"
        mvn --batch-mode --quiet --file "$sources/pom.xml" \
            compiler:compile dependency:copy-dependencies >&2
        remember
    fi
    printf '%s\n' java -cp "$built/classes:$built/dependency/*" walk.Main
}

case "$language" in
    python | javascript | go | rust | java) "ready_$language" ;;
    *)
        echo "usage: scripts/sdk-env.sh python|javascript|go|rust|java" >&2
        exit 2
        ;;
esac
