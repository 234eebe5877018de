#!/usr/bin/env bash
# Plays tests/fuzz/corpus to each target, then lets libFuzzer go on from there for so many seconds.
#
#   tools/fuzz.sh SECONDS TARGET...
#
# What it finds on the way stays in build/fuzz/found, to go on from the next time. An input that breaks
# something is printed, and kept as build/fuzz/broken-TARGET-…: it belongs into the corpus with its fix.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=$1
shift
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

for target in "$@"; do
    mkdir -p "build/fuzz/found/$target"
    options=(-timeout=5 -rss_limit_mb=1024 -max_len=4096 -verbosity=0 "-artifact_prefix=build/fuzz/broken-$target-")
    "build/fuzz/$target" "${options[@]}" -runs=0 "tests/fuzz/corpus/$target" || exit 1
    log=build/fuzz/$target.log
    if ! "build/fuzz/$target" "${options[@]}" -print_final_stats=1 "-max_total_time=$seconds" \
        "build/fuzz/found/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    echo "fuzz: $target: $(find "tests/fuzz/corpus/$target" -type f | wc -l) seeds," \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, nothing broken"
done
