#!/usr/bin/env bash
# Runs build/asan/ansinh-tests on a throwaway PostgreSQL that is gone afterwards, signals included.
# The exit status is the test program's, and its totals are the last line printed.
# `make test` builds first and calls this; T=SUITE runs one suite, FLAVOUR=tsan another build.
set -euo pipefail
cd "$(dirname "$0")/.."

child=
stopping=
status=0

stop() {
    trap : INT TERM HUP
    stopping=1
    [[ -z $child ]] || kill -TERM -- "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null || true
}

clean() {
    trap '' INT TERM HUP
    tools/cluster.sh stop "$folder" immediate
    rm -rf "$folder"
}

# The caller's own settings must not colour the results.
unset DATABASE_URL "${!PG@}"
for name in "${!ANSINH_@}"; do
    [[ $name == ANSINH_TEST_* ]] || unset "$name"
done

folder=$(mktemp -d /tmp/ansinh-test.XXXXXX)
trap clean EXIT
trap stop INT TERM HUP
tools/cluster.sh start "$folder" throwaway

ANSINH_TEST_DATABASE_URL=$(tools/cluster.sh url "$folder")
export ANSINH_TEST_DATABASE_URL
build=build/${FLAVOUR:-asan}
export ANSINH_TEST_BINARY=$build/ansinh
export ANSINH_TEST_TORTURE_BINARY=$build/ansinh-torture
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
# A report makes the program that it is about end with 66, which its test notices.
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.txt log_path=$PWD/$build/report second_deadlock_stack=1"
rm -f "$build"/report.*
export CK_VERBOSITY=normal
[[ -z ${T:-} ]] || export CK_RUN_SUITE=$T

# The threads' sanitizer of gcc 12 cannot live with all places that a newer kernel may choose.
plain=()
[[ ${FLAVOUR:-} != tsan ]] || ! setarch -R true 2>/dev/null || plain=(setarch -R)

# Its own session and process group, so that `stop` reaches it and the servers it started, once.
[[ -z $stopping ]] || exit 143
"${plain[@]}" setsid setpriv --pdeathsig TERM "$build/${PROGRAM:-ansinh-tests}" &
child=$!
[[ -z $stopping ]] || stop
wait "$child" || status=$?
while kill -0 "$child" 2>/dev/null; do # a signal ended `wait` early
    status=0
    wait "$child" || status=$?
done
exit "$status"
