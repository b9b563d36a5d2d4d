#!/usr/bin/env bash
# Makes tests/providers ready and prints the command that runs it, a word a line:
#
#     scripts/provider-env.sh javascript
#
# What is fetched goes to target/providers/javascript, and nothing is done again while the sources
# stay the same. Everything but the command goes to stderr. Ends with 3 when Node.js or npm is
# missing or too old, after a line that says so.
set -euo pipefail
cd "$(dirname "$0")/.."

language=${1:-}
if [ "$language" != javascript ]; then
    echo "usage: scripts/provider-env.sh javascript" >&2
    exit 2
fi
sources=tests/providers
built=$PWD/target/providers/$language
untested="What providers publish for JavaScript"
. scripts/languages.sh

needs node 20 node --version
install_by_npm
printf '%s\n' node "$built/providers.mjs"
