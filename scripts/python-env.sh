#!/usr/bin/env bash
# Makes .venv with what tests/requirements.txt names, and makes it anew when that file or the
# Python version changes. Nothing outside .venv is touched.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$({ python3 --version; cat tests/requirements.txt; } | sha256sum | cut -d ' ' -f 1)
if [ "$(cat .venv/made-for 2>/dev/null || true)" = "$wanted" ]; then
    exit 0
fi
echo "Making .venv for the black-box tests"
rm -rf .venv
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
# Written last: an installation that was interrupted is made anew.
echo "$wanted" >.venv/made-for
