#!/usr/bin/env bash
# Installs the Debian 12 packages that a task needs: the missing ones only, nothing when all are there.
#
#   tools/packages.sh run         build, run
#   tools/packages.sh test        run + the test framework
#   tools/packages.sh check       test + the second compiler and the formatter
#   tools/packages.sh contract    run + what Python tools from outside Debian need
#
# Exit status: 0 all packages are there, 2 wrong usage, 3 could not install.
set -euo pipefail

run=(
    gcc libc6-dev
    libulfius-dev libjansson-dev libjwt-dev libpq-dev libsodium-dev libsystemd-dev libunistring-dev libpcre2-dev
    libcsv-dev libxlsxwriter-dev
    postgresql-15 python3 python3-yaml curl jq ca-certificates
)
# libulfius-dev depends on the gnutls flavour of curl; apt removes the openssl flavour for it.
# python3-jwt is the second opinion on access tokens (tests/token/verify.py).
test=("${run[@]}" check libcurl4-gnutls-dev python3-jwt)
check=("${test[@]}" clang clang-format libclang-rt-14-dev)
contract=("${run[@]}" python3-venv)

cannot() {
    printf 'packages: COULD NOT INSTALL (nothing was built or tested): %s\n' "$*" >&2
    exit 3
}

case "${1:-}" in
run) wanted=("${run[@]}") ;;
test) wanted=("${test[@]}") ;;
check) wanted=("${check[@]}") ;;
contract) wanted=("${contract[@]}") ;;
*)
    echo "usage: tools/packages.sh run|test|check|contract" >&2
    exit 2
    ;;
esac

command -v dpkg-query >/dev/null || cannot "this is not Debian; needed: ${wanted[*]}"

installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=(env DEBIAN_FRONTEND=noninteractive)
if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null ||
        cannot "neither root nor sudo here; ask somebody who is to install: ${missing[*]}"
    as_root=(sudo "${as_root[@]}")
fi

# A fresh postgresql-15 would create and start a cluster of its own. This file stops that and is read
# by postgresql-common beside its conffile, which stays untouched. A machine that has
# postgresql-common already keeps what its administrator decided.
if ! grep -qxF postgresql-common <<<"$installed"; then
    folder=/etc/postgresql-common/createcluster.d
    "${as_root[@]}" mkdir -p "$folder" || cannot "no right to write $folder"
    echo "create_main_cluster = false" | "${as_root[@]}" tee "$folder/ansinh.conf" >/dev/null ||
        cannot "no right to write $folder"
fi

echo "packages: installing ${missing[*]}" >&2
apt=("${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 -o DPkg::Use-Pty=0 -o Acquire::Retries=3)
# With an old package list the install may still work, so a failed update alone is no reason to stop.
"${apt[@]}" update </dev/null >&2 || echo "packages: the package list could not be renewed" >&2
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >&2 ||
    cannot "apt-get failed (see above); missing: ${missing[*]}"
