#!/usr/bin/env bash
# The dashboard's own tools, in web/:
#
#     scripts/web.sh build    builds web/dist, which the program carries, unless it is up to date
#     scripts/web.sh check    types, style, texts of all languages, pure parts
#     scripts/web.sh test     drives the program in a browser: CARGO_TARGET_DIR or target/debug
#
# Without a Node that is new enough nothing is done, after a line that says so; with CI=true that is
# a failure. What npm fetches is what package-lock.json names, and only when that has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly NODE_MIN=20.19
built=$PWD/target/web
mkdir -p "$built"

skip() {
    echo "$1 The dashboard is not built or tested." >&2
    [ "${CI:-}" = true ] && exit 1
    exit 0
}

newer() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

command -v npm >/dev/null 2>&1 || skip "npm is missing (Node $NODE_MIN or newer)."
node_version=$(node --version)
newer "$NODE_MIN" "${node_version#v}" || skip "Node is ${node_version#v}, and $NODE_MIN or newer is needed."

# Whether what was made last under this name was made of something else; further arguments are the
# files and directories that it is made of.
is_stale() {
    local name=$1
    shift
    made_of=$({
        echo "$node_version"
        find "$@" -type f -print0 | sort -z | xargs -0 sha256sum
    } | sha256sum)
    [ "$(cat "$built/$name" 2>/dev/null || true)" != "$made_of" ]
}

fetch() {
    if [ ! -d web/node_modules ] || is_stale packages web/package.json web/package-lock.json; then
        echo "Fetching what the dashboard is built with"
        # Some packages ask for a newer node than they need, of which npm would warn every time.
        (cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
        is_stale packages web/package.json web/package-lock.json || true
        echo "$made_of" >"$built/packages"
    fi
}

sources=(web/src web/public web/scripts web/index.html web/portal.html web/share.html
    web/vite.config.ts web/tsconfig.json web/package-lock.json)

build() {
    if [ ! -f web/dist/index.html ] || is_stale dist "${sources[@]}"; then
        echo "Building the dashboard"
        fetch
        (cd web && npm run --silent build)
        is_stale dist "${sources[@]}" || true
        echo "$made_of" >"$built/dist"
    fi
}

# The typed client is of the document that the program has.
check_client() {
    (cd web && npx openapi-typescript ../docs/openapi.json -o "$built/schema.d.ts" >/dev/null)
    if ! cmp -s "$built/schema.d.ts" web/src/api/schema.d.ts; then
        echo "web/src/api/schema.d.ts is not of docs/openapi.json: npm run api, in web/" >&2
        exit 1
    fi
}

case "${1:-}" in
    build) build ;;
    check)
        fetch
        check_client
        (cd web && npm run --silent check && npm run --silent test)
        ;;
    test)
        fetch
        (cd web && npm run --silent test:browser -- ${PLAYWRIGHT:-})
        ;;
    *)
        echo "usage: scripts/web.sh build|check|test" >&2
        exit 2
        ;;
esac
