#!/usr/bin/env bash
# The contract on trial: against the one that landed last, by a linter, and by a fuzzer at the server.
#
# Exit status: 0 all is well, 1 or 2 something failed, 3 the linter and the fuzzer could not be
# installed (and nothing else failed).
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/contract
python=(/usr/bin/python3 -B)

# Prints the commit of the last landed contract: where we left the default branch. On that branch it is
# the last commit or, if nothing is left to commit, the one before the contract's last change, so that
# a change just committed is still looked at. Prints nothing without any.
landed() {
    local base
    base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
    if [[ $base == "$(git rev-parse HEAD)" && -z $(git status --porcelain openapi) ]]; then
        base=$(git rev-list -n 1 HEAD openapi)^
    fi
    git rev-parse -q --verify "$base^{commit}" || true
}

compare() {
    local base
    base=$(landed)
    if [[ -z $base ]]; then
        echo "compatible: no earlier contract to compare with"
        return
    fi
    rm -rf "$out/landed"
    mkdir -p "$out/landed"
    git archive "$base" openapi | tar -x -C "$out/landed"
    "${python[@]}" tools/bundle.py "$out/landed.json" "$out"/landed/openapi/*.yaml
    "${python[@]}" tests/contract/compatible.py "$out/landed.json" build/gen/openapi.json
}

tools/packages.sh contract
make build/gen/openapi.json build/asan/ansinh
"${python[@]}" tests/contract/compatible_test.py
compare

tests/contract/install.sh
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true # it is to ask nobody
PATH="$PWD/$out/tools/python/bin:$PATH" "$out/tools/node/node_modules/.bin/redocly" lint \
    --config tests/contract/redocly.yaml build/gen/openapi.json
exec tests/contract/fuzz.sh
