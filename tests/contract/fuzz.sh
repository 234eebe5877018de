#!/usr/bin/env bash
# Schemathesis with all checks against build/asan/ansinh on a throwaway PostgreSQL with the demo, as
# logins of three tiers. run.sh builds and installs before. Reports: build/contract.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/contract
schemathesis=$out/tools/python/bin/schemathesis
seconds=600 # for each login, against a hang: what there is to try bounds the run (max-examples)
server=
child=
status=0

fail() {
    printf 'contract: %s\n' "$*" >&2
    exit 1
}

clean() {
    trap '' INT TERM HUP
    [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
    [[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
    tools/cluster.sh stop "$folder" immediate
    rm -rf "$folder"
}

start_server() {
    build/asan/ansinh migrate >/dev/null
    build/asan/ansinh demo >/dev/null
    mkfifo "$folder/said"
    setpriv --pdeathsig KILL build/asan/ansinh >"$folder/said" 2>"$out/server.log" &
    server=$!
    # Its first line says where it listens; an end of file that it stopped.
    read -r line <"$folder/said" || fail "the server did not start, see $out/server.log"
    export ANSINH=${line#Ansinh serves on }
    ANSINH=${ANSINH%% *}
}

# What the sanitizers find, leaks too, is in the exit status.
stop_server() {
    kill -TERM "$server"
    wait "$server" || fail "the server ended with $?, see $out/server.log"
    server=
}

# The commands of README.md's story give every tier something to read.
tell_the_story() {
    awk '/^## /{told = /The story|What does it cost|A day of a collector/} /^```/{code = told && /sh$/; next} code' README.md >"$folder/story.sh"
    bash -euo pipefail "$folder/story.sh" >/dev/null || fail "the story in README.md failed"
}

token() {
    curl -sSf "$ANSINH/v1/sessions" -H 'Content-Type: application/json' \
        -d "{\"username\":\"$1\",\"password\":\"$ANSINH_DEMO_PASSWORD\"}" | jq -r .access_token
}

# Signed in before: later the fuzzer's failed attempts may have slowed signing in down.
sign_in() {
    local login neighbour
    for login in "${!neighbours[@]}"; do
        neighbour=$(token "${neighbours[$login]}")
        jq -n --arg login "$(token "$login")" --arg neighbour "$neighbour" '
            def entry($name; $token):
                {name: $name, fixedHeaders: [{name: "Authorization", value: "Bearer \($token)"}]};
            {auth: [entry("login"; $login), entry("neighbour"; $neighbour)]}' >"$out/$login.json"
    done
}

# fuzz LOGIN REPORT OPTION...: the report is kept, and shown if anything is wrong.
fuzz() {
    local log=$out/$2.log code=0
    cp "$out/$1.json" "$out/logins.json"
    # Not in the foreground, where bash would not hear a signal before it is done.
    setpriv --pdeathsig TERM timeout -k 5 "$seconds" "$schemathesis" \
        --config-file tests/contract/schemathesis.toml \
        run "$ANSINH/openapi.json" --no-color "${@:3}" >"$log" 2>&1 &
    child=$!
    wait "$child" || code=$?
    child=
    [[ $code -ne 124 ]] || echo "contract: not done after $seconds s" >>"$log"
    [[ $code -eq 0 ]] || { cat "$log" && status=1; }
    echo "contract: $2:$(grep -E '^  [0-9]+ generated' "$log" || echo '  no result')"
}

# The caller's own settings must not colour the results.
unset DATABASE_URL "${!PG@}" "${!ANSINH_@}"
export ANSINH_DEMO_PASSWORD=test-password-2026 ANSINH_LISTEN=127.0.0.1:0
export ANSINH_TOKEN_KEYS=k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
export ANSINH_USER_RATE=1000000 ANSINH_ADDRESS_RATE=1000000 # one user does what thousands would
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

folder=$(mktemp -d /tmp/ansinh-test.XXXXXX)
trap clean EXIT
trap 'exit 143' INT TERM HUP
tools/cluster.sh start "$folder" throwaway
DATABASE_URL=$(tools/cluster.sh url "$folder")
export DATABASE_URL

# Who must not see what the login makes.
declare -A neighbours=([province.manager]=neighbour.province [commune.manager]=neighbour.commune
    [agent.collector]=neighbour.collector)
start_server
tell_the_story
tests/contract/page.sh || status=1
sign_in
logins=(province.manager commune.manager agent.collector)
for login in "${logins[@]}"; do
    fuzz "$login" "$login" --exclude-operation-id-regex '^session_delete'
done
# By themselves and last: they end the session that the others need.
if grep -q '"session_delete' build/gen/openapi.json; then
    for login in "${logins[@]}"; do
        fuzz "$login" "$login.signs_out" --include-operation-id-regex '^session_delete' \
            --phases examples,coverage,fuzzing
    done
fi
stop_server
[[ $status -eq 0 ]]
