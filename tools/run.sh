#!/usr/bin/env bash
# Runs build/release/ansinh in front of a private PostgreSQL, or of the one that DATABASE_URL names.
#
# INT, TERM and HUP stop the server by one TERM, wait for it, then stop the private PostgreSQL.
# The exit status is the server's. `make run` builds first and calls this.
set -euo pipefail
umask 077
cd "$(dirname "$0")/.."
ansinh=build/release/ansinh

child=
stopping=
status=0

# Forwarded once: a second TERM would tell the server to hurry.
stop() {
    trap : INT TERM HUP
    stopping=1
    [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
}

# Runs one of our programs and waits for it. In a session of its own a terminal's Ctrl-C does not
# reach it beside our TERM; should this script be killed outright, the kernel sends that TERM.
attend() {
    [[ -z $stopping ]] || exit 143
    setsid setpriv --pdeathsig TERM "$@" 9>&- &
    child=$!
    [[ -z $stopping ]] || kill -TERM "$child" # a signal may have come just before
    # A signal ends `wait` early, the program being still alive.
    status=0
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do
        status=0
        wait "$child" || status=$?
    done
    child=
}

# Before serving: any failure, or a signal meanwhile, ends the script.
prepare() {
    attend "$@"
    [[ $status -eq 0 ]] || exit "$status"
    [[ -z $stopping ]] || exit 143
}

# Prints the secret kept in a file, made at random on the first call.
secret() {
    [[ -s $1 ]] || head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$1"
    cat "$1"
}

trap stop INT TERM HUP

if [[ -n ${DATABASE_URL:-} ]]; then
    home=var
    mkdir -p "$home"
    if [[ -z ${ANSINH_APP_PASSWORD:-} ]]; then
        ANSINH_APP_PASSWORD=$(secret "$home/app_password")
        export ANSINH_APP_PASSWORD
    fi
    demo=${ANSINH_DEMO:-0}
else
    unset "${!PG@}" # PGPORT and the like would send libpq elsewhere
    home=$(tools/cluster.sh home)
    exec 9>"$home/lock"
    flock -n 9 || {
        echo "run: another 'make run' of this checkout is at work" >&2
        exit 1
    }
    trap 'tools/cluster.sh stop "$home/cluster"' EXIT
    tools/cluster.sh start "$home/cluster" 9>&-
    DATABASE_URL=$(tools/cluster.sh url "$home/cluster")
    export DATABASE_URL
    demo=1
fi

if [[ -z ${ANSINH_TOKEN_KEYS:-} ]]; then
    ANSINH_TOKEN_KEYS="k1:$(secret "$home/token_key")"
    export ANSINH_TOKEN_KEYS
fi
own_password=${ANSINH_DEMO_PASSWORD:-}
export ANSINH_DEMO_PASSWORD=${own_password:-ansinh-demo-2026}

prepare "$ansinh" migrate
if [[ $demo == 1 ]]; then
    prepare "$ansinh" demo
    # The standard one is no secret; one that somebody chose is not printed.
    [[ -n $own_password ]] || echo "             (it is $ANSINH_DEMO_PASSWORD)"
fi
attend "$ansinh"
exit "$status"
