#!/usr/bin/env bash
# The documentation page in a real browser: it renders every operation of the contract, and nothing on it
# is refused by its own Content-Security-Policy. ANSINH is the address of a running server.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/contract

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
    echo "contract: page: SKIPPED, there is no Chromium here"
    exit 0
fi

profile=$(mktemp -d /tmp/ansinh-page.XXXXXX)
trap 'rm -rf "$profile"' EXIT
status=0
operations=$(jq -r '.paths[][] | objects | .operationId' build/gen/openapi.json)

# read_page NAME PATH MARK: MARK and the name of an operation stand on the page for each.
read_page() {
    local operation
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --user-data-dir="$profile" --enable-logging=stderr --virtual-time-budget=30000 \
        --dump-dom "$ANSINH$2" >"$out/$1.html" 2>"$out/$1.log" ||
        { echo "contract: $1: the browser failed, see $out/$1.log" >&2 && exit 1; }
    if grep -E 'Content Security Policy|Uncaught|CONSOLE.*[Ee]rror' "$out/$1.log"; then
        echo "contract: $1: the browser complained" >&2
        status=1
    fi
    for operation in $operations; do
        if ! grep -qF "$3$operation\"" "$out/$1.html"; then
            echo "contract: $1: $operation is not on it" >&2
            status=1
        fi
    done
    echo "contract: $1: $(wc -w <<<"$operations") operations in $("$browser" --version 2>/dev/null)"
}

read_page page /docs 'id="'
if curl -sSf -o /dev/null "$ANSINH/docs?part=viewer" 2>/dev/null; then
    read_page viewer '/docs?part=viewer' '/operation/'
else
    echo "contract: viewer: SKIPPED, it is not built in (make docs)"
fi
exit "$status"
