#!/usr/bin/env bash
# Runs build/asan/ansinh-tests on a throwaway PostgreSQL that is gone afterwards, signals included.
# The exit status is the test program's, and its totals are the last line printed.
# `make test` builds first and calls this; T=SUITE runs one suite.
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
export ANSINH_TEST_BINARY=build/asan/ansinh
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
export CK_VERBOSITY=normal
[[ -z ${T:-} ]] || export CK_RUN_SUITE=$T

# Its own session and process group, so that `stop` reaches it and the servers it started, once.
[[ -z $stopping ]] || exit 143
setsid setpriv --pdeathsig TERM build/asan/ansinh-tests &
child=$!
[[ -z $stopping ]] || stop
wait "$child" || status=$?
while kill -0 "$child" 2>/dev/null; do # a signal ended `wait` early
    status=0
    wait "$child" || status=$?
done
exit "$status"
