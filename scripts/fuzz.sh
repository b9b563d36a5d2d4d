#!/usr/bin/env bash
# Builds the fuzz targets and lets each look for inputs that make it fail.
#
#   scripts/fuzz.sh SECONDS_EACH [TARGET...]    new ones, for some seconds: all targets or these
#   scripts/fuzz.sh --test                      nearly the same ones each time, so many of each
#   scripts/fuzz.sh --reproduce TARGET FILE     one input, once
#
# A test should not depend on luck, so `--test` begins with the committed inputs alone and always
# takes the same seed: what it finds was most likely brought in by the change at hand. Two runs of
# some targets still differ in part.
#
# It works with the project's own stable toolchain and needs no cargo-fuzz: coverage is counted by a
# pass of LLVM that rustc can be asked for, and libFuzzer comes with the crate libfuzzer-sys.
# Inputs worth keeping for the next run go to target/fuzz/corpus, those that make a target fail to
# target/fuzz/failures. What is committed in fuzz/corpus-seed is where each search begins.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    echo "usage: scripts/fuzz.sh SECONDS_EACH [TARGET...] | --test | --reproduce TARGET FILE" >&2
    exit 2
}

all=(json template filter definition)
# About 15 seconds of each.
declare -A test_runs=([json]=1600000 [template]=500000 [filter]=200000 [definition]=400000)
reproduce=""
seconds=""
case "${1:-}" in
    --test)
        [ $# -eq 1 ] || usage
        targets=("${all[@]}")
        ;;
    --reproduce)
        [ $# -eq 3 ] || usage
        reproduce=$3
        targets=("$2")
        ;;
    "" | *[!0-9]*) usage ;;
    *)
        seconds=$1
        shift
        targets=("$@")
        [ $# -gt 0 ] || targets=("${all[@]}")
        ;;
esac
for target in "${targets[@]}"; do
    [ -d "fuzz/corpus-seed/$target" ] || {
        echo "There is no fuzz target $target; there are: ${all[*]}" >&2
        exit 2
    }
done

cargo=${CARGO:-cargo}
kept=${CARGO_TARGET_DIR:-target}/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')

# Level 4 instruments each edge; comparisons are traced so that libFuzzer can guess words. With
# one codegen unit the table of counters is in one piece.
instrument=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    -Ccodegen-units=1
)
# Naming the host as the target keeps build scripts and macros free of instrumentation.
RUSTFLAGS="${instrument[*]}" CARGO_TARGET_DIR=$kept \
    "$cargo" build --manifest-path fuzz/Cargo.toml --release --locked --target "$host"
programs=$kept/$host/release

if [ -n "$reproduce" ]; then
    exec "$programs/${targets[0]}" "$reproduce"
fi

# A rendering takes milliseconds: five seconds are a hang even on a machine that is busy. Memory is
# bounded because a template must not make gigabytes of a few bytes.
limits=(-timeout=5 -rss_limit_mb=1024 -max_len=4096)

failed=()
for target in "${targets[@]}"; do
    failures=$kept/failures/$target
    log=$kept/$target.log
    if [ -n "$seconds" ]; then
        corpus=$kept/corpus/$target
        extent=(-max_total_time="$seconds")
        echo "fuzzing $target for $seconds s"
    else
        corpus=$kept/test-corpus/$target
        rm -rf "$corpus"
        # By default its own corpus is read again by the clock, at another input each time.
        extent=(-runs="${test_runs[$target]}" -seed=1 -reload=0)
        echo "fuzzing $target with ${test_runs[$target]} inputs"
    fi
    mkdir -p "$corpus" "$failures"
    if RUST_BACKTRACE=1 "$programs/$target" "${limits[@]}" "${extent[@]}" \
        -dict="fuzz/dictionary/$target.dict" -artifact_prefix="$failures/" \
        -print_final_stats=1 "$corpus" "fuzz/corpus-seed/$target" >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "  $runs inputs, nothing found; the corpus has $(find "$corpus" -type f | wc -l)"
        continue
    fi
    failed+=("$target")
    tail -n 60 "$log"
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    echo
    if [ -n "$input" ]; then
        echo "$target failed with the input $input:"
        cat -v "$input"
        echo
        echo "To see it again: scripts/fuzz.sh --reproduce $target $input"
    else
        echo "$target did not run; all of its output is in $log"
    fi
done

[ "${#failed[@]}" -eq 0 ] || {
    echo "failed: ${failed[*]}" >&2
    exit 1
}
