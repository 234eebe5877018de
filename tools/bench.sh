#!/usr/bin/env bash
# Runs build/release/ansinh-bench on a throwaway PostgreSQL that writes as a real one does (fsync on).
# `make bench` builds first and calls this.
#
#   BENCH_PEOPLE   people of the data set, about ten enrolments each (20000)
#   BENCH_SECONDS  seconds of one measurement (2); there are about a hundred
#   BENCH_ONLY     one part: crowds (what many connections do, two minutes), waits (others beside handlers
#                  that wait, a minute), reads, figures (what live figures cost, a minute), quotes
#                  (what prices cost, some seconds), search (for people, by name), or files
#                  (exports and imports)
#   BENCH_ROWS     of an import (100000)
set -euo pipefail
cd "$(dirname "$0")/.."

child=
stopping=
status=0

stop() {
    trap : INT TERM HUP
    stopping=1
    [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
}

clean() {
    trap '' INT TERM HUP
    tools/cluster.sh stop "$folder" immediate
    rm -rf "$folder"
}

# The caller's own settings must not colour the results.
unset DATABASE_URL "${!PG@}" "${!ANSINH_@}"
people=${BENCH_PEOPLE:-20000}

folder=$(mktemp -d /tmp/ansinh-bench.XXXXXX)
trap clean EXIT
trap stop INT TERM HUP
tools/cluster.sh start "$folder" bench

DATABASE_URL=$(tools/cluster.sh url "$folder")
export DATABASE_URL
export ANSINH_DEMO_PASSWORD=bench-password-2026
build/release/ansinh migrate >/dev/null
build/release/ansinh demo --people "$people" >/dev/null
unset ANSINH_DEMO_PASSWORD

export BENCH_DATABASE_URL=$DATABASE_URL
export BENCH_SERVER=build/release/ansinh
export BENCH_LOG=build/bench-server.log
rm -f "$BENCH_LOG"

# A signal ends `wait` early, the program being still alive.
[[ -z $stopping ]] || exit 143
setpriv --pdeathsig TERM build/release/ansinh-bench &
child=$!
[[ -z $stopping ]] || stop
wait "$child" || status=$?
while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
done
exit "$status"
