# For scripts that make a program in another language ready; they source this after they have set
#
#     language   the language's name
#     sources    the directory of the program
#     built      where what is fetched and built goes
#     untested   what is not tested when a tool is missing, for people
# shellcheck shell=bash disable=SC2154 # set by who sources this

# Ends with 3 unless there is a tool of this version or a newer one: needs TOOL VERSION COMMAND…,
# where the command prints the version that is there, whatever stands before its number.
needs() {
    local tool=$1 wanted=$2 found
    shift 2
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "$untested is not tested: $tool is missing (it needs $wanted or newer)." >&2
        exit 3
    fi
    found=$("$@" 2>&1 | sed -n 's/^[^0-9]*\([0-9][0-9.]*\).*/\1/p' | head -n 1)
    if [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" != "$wanted" ]; then
        echo "$untested is not tested: $tool is $found (it needs $wanted or newer)." >&2
        exit 3
    fi
}

# Whether what was built last is of other sources or by another tool, whose version is given
# first; further arguments are directories whose files are sources, too. What people have built
# among the sources by hand does not count.
is_stale() {
    local tool=$1
    shift
    made_of=$({
        echo "$tool"
        find "$sources" "$@" \( -name target -o -name node_modules \) -prune -o -type f -print0 |
            sort -z | xargs -0 cat
    } | sha256sum)
    [ "$(cat "$built/made-of" 2>/dev/null || true)" != "$made_of" ]
}

# Copies the sources and fetches what they need of npm, unless that was done.
install_by_npm() {
    needs npm 8 npm --version
    if is_stale "$(node --version)"; then
        rm -rf "$built"
        mkdir -p "$built"
        cp -R "$sources/." "$built"
        # Some packages ask for a newer node than they need, of which npm would warn every time.
        (cd "$built" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
        remember
    fi
}

# Called when all is built, so that what was interrupted is done again.
remember() {
    echo "$made_of" >"$built/made-of"
}
