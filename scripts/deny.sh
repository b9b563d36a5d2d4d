#!/usr/bin/env bash
# Checks the dependencies against deny.toml with a cargo-deny of the project's own, so that the
# result does not depend on what the machine happens to have.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
tools=target/tools
deny=$tools/bin/cargo-deny

if [ "$("$deny" --version 2>/dev/null || true)" != "cargo-deny $version" ]; then
    cargo install --locked "cargo-deny@$version" --root "$tools"
fi

# cargo-deny calls cargo; told as a flag so that the order of PATH does not matter.
"$deny" --workspace --locked check --hide-inclusion-graph bans licenses sources

# The list of known vulnerabilities lives on the network. Without network the rest was still
# checked; the reader is told what was not.
if "$deny" --workspace --locked fetch db; then
    "$deny" --workspace --locked check --disable-fetch advisories
else
    echo "warning: the advisory database could not be fetched; advisories were NOT checked" >&2
fi
