#!/usr/bin/env bash
# Installs the linter (npm) and the fuzzer (PyPI) into build/contract/tools, exactly as locked beside
# this script; nothing when that is done already. Exit status: 0 they are there, 3 could not install.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/contract
tools=$PWD/build/contract/tools

cannot() {
    printf 'contract: COULD NOT INSTALL (neither linted nor fuzzed): %s\n' "$*" >&2
    exit 3
}

# The folder's name is part of it: what Python installs does not work elsewhere.
wanted=$(cat "$here"/{install.sh,requirements.txt,package.json,package-lock.json} - <<<"$tools" | sha256sum)
[[ $(cat "$tools/installed" 2>/dev/null) != "$wanted" ]] || exit 0

echo "contract: installing the linter and the fuzzer" >&2
export PATH="$tools/python/bin:$PATH"
export NODE_USE_SYSTEM_CA=1 # as pip and curl: certificates are those of the machine
rm -rf "$tools"
mkdir -p "$tools/node"
# The limits are for a registry that neither answers nor refuses.
/usr/bin/python3 -m venv "$tools/python" >&2 || cannot "python3-venv"
timeout 300 pip install --quiet --disable-pip-version-check --retries 2 --no-deps --only-binary :all: \
    --require-hashes -r "$here/requirements.txt" >&2 || cannot "pip failed, see above"
cp "$here/package.json" "$here/package-lock.json" "$tools/node"
timeout 300 npm ci --prefix "$tools/node" --ignore-scripts --no-audit --no-fund --fetch-retries 1 \
    --loglevel error >&2 || cannot "npm failed, see above"
printf '%s\n' "$wanted" >"$tools/installed"
