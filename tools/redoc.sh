#!/usr/bin/env bash
# Fetches the viewer of the documentation page from npm into build/docs/redoc.js, exactly this version;
# the next build takes it in. Exit status: 0 it is there, 3 it could not be had (nothing is changed).
set -euo pipefail
cd "$(dirname "$0")/.."
version=2.5.4
sum=33a8d6846d6aa019c7e93166cc99ecb72099f3b1e6398fd4cc39bbf261e262284476557f61c4bda203a8d4d94496724c78bb32c4715edb215ce2c3631d3ac005

cannot() {
    printf 'docs: COULD NOT GET the viewer, the plain page stays: %s\n' "$*" >&2
    exit 3
}

command -v npm >/dev/null || cannot "npm is not installed"
folder=$(mktemp -d /tmp/ansinh-docs.XXXXXX)
trap 'rm -rf "$folder"' EXIT
export NODE_USE_SYSTEM_CA=1
(cd "$folder" && timeout 120 npm pack "redoc@$version" --silent --fetch-retries 1 >/dev/null) || cannot "npm failed"
sha512sum --quiet --check <<<"$sum  $folder/redoc-$version.tgz" || cannot "another file than expected"
tar -xzf "$folder/redoc-$version.tgz" -C "$folder"
# Its logo would be asked for elsewhere.
sed 's#https://cdn\.redoc\.ly/redoc/logo-mini\.svg#data:,#' \
    "$folder/package/bundles/redoc.standalone.js" >"$folder/redoc.js"
mkdir -p build/docs
mv "$folder/redoc.js" build/docs/redoc.js
echo "docs: Redoc $version, in the next build"
