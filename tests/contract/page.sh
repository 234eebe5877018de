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
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --user-data-dir="$profile" --enable-logging=stderr --virtual-time-budget=20000 \
    --dump-dom "$ANSINH/docs" >"$out/page.html" 2>"$out/page.log" ||
    { echo "contract: page: the browser failed, see $out/page.log" >&2 && exit 1; }

status=0
if grep -E 'Content Security Policy|Uncaught|CONSOLE.*[Ee]rror' "$out/page.log"; then
    echo "contract: page: the browser complained" >&2
    status=1
fi
count=0
while read -r operation; do
    count=$((count + 1))
    if ! grep -q "id=\"$operation\"" "$out/page.html"; then
        echo "contract: page: $operation is not on it" >&2
        status=1
    fi
done < <(jq -r '.paths[][] | objects | .operationId' build/gen/openapi.json)
echo "contract: page: $count operations in $("$browser" --version 2>/dev/null)"
exit "$status"
