#!/usr/bin/env bash
# A private PostgreSQL 15, reached by a Unix socket only.
#
#   tools/cluster.sh home                         create and print the folder of this checkout's data
#   tools/cluster.sh start DIR [KIND]             create it if missing, start it unless it runs;
#                                                 KIND is dev, throwaway or bench
#   tools/cluster.sh stop DIR [fast|immediate]    stop it and wait; fine if it does not run
#   tools/cluster.sh status DIR                   exit status 0 when it answers
#   tools/cluster.sh url DIR                      print the DATABASE_URL of its superuser
#   tools/cluster.sh remove DIR                   stop it and delete it
#
# DIR holds data/ (the cluster), socket/ and log. PostgreSQL refuses to run as root: for root it runs
# as the system user postgres, who owns DIR. `trust` is safe: nobody else can enter DIR.
set -euo pipefail
umask 077

project=$(cd "$(dirname "$0")/.." && pwd -P)
bin=/usr/lib/postgresql/15/bin
superuser=ansinh_admin
database=ansinh

fail() {
    printf 'cluster: %s\n' "$*" >&2
    exit 1
}

as_owner() {
    if [[ $EUID -eq 0 ]]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# Root's own home is closed to the user postgres, so root's data live below /var/lib.
home() {
    local base=/var/lib hash
    [[ $EUID -eq 0 ]] || base=${XDG_DATA_HOME:-$HOME/.local/share}
    hash=$(printf '%s' "$project" | sha256sum | cut -c1-8)
    mkdir -p "$base/ansinh/$hash"
    # The user postgres must get through, but need not look around.
    [[ $EUID -ne 0 ]] || chmod 711 "$base/ansinh" "$base/ansinh/$hash"
    printf '%s/ansinh/%s\n' "$base" "$hash"
}

url() {
    printf 'postgresql://%s@/%s?host=%s/socket\n' "$superuser" "$database" "$dir"
}

answers() {
    as_owner "$bin/pg_isready" -q -h "$dir/socket"
}

# postmaster.pid may be left over, and its number may belong to another process by now. PostgreSQL
# works inside its data folder, so the process is ours if it stands there.
alive() {
    local pid
    pid=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null) || return 1
    [[ $(as_owner readlink "/proc/$pid/cwd") == "$dir/data" ]]
}

# initdb works beside the final name, so a half-made cluster is never taken for a whole one.
create() {
    [[ ! -f $dir/data/PG_VERSION ]] || return 0
    rm -rf "$dir/data.new"
    as_owner "$bin/initdb" --pgdata="$dir/data.new" --username="$superuser" \
        --auth-local=trust --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions >/dev/null
    mv "$dir/data.new" "$dir/data"
}

# Written before every start, so that a change here reaches clusters that exist already.
configure() {
    {
        echo "# Written by tools/cluster.sh at every start."
        echo "listen_addresses = ''"
        echo "port = 5432"
        echo "unix_socket_directories = '$dir/socket'"
        echo "shared_buffers = 256MB"
        echo "jit = off"
        echo "lc_messages = 'C'"
        echo "timezone = 'UTC'"
        echo "log_timezone = 'UTC'"
        if [[ $kind == bench ]]; then
            echo "shared_buffers = 512MB"
        fi
        if [[ $kind == throwaway ]]; then
            echo "fsync = off"
            echo "synchronous_commit = off"
            echo "full_page_writes = off"
        fi
    } | as_owner tee "$dir/data/postgresql.conf" >/dev/null
}

start() {
    [[ -x $bin/postgres ]] || fail "PostgreSQL 15 is not installed (tools/packages.sh run)"
    # A socket's path holds 107 bytes, and the path also stands unquoted in a URL and a config file.
    [[ $dir =~ ^/[A-Za-z0-9/._-]+$ && ${#dir} -le 80 ]] ||
        fail "'$dir' is too long or has unusual characters; set XDG_DATA_HOME to a plain short folder"
    # A Ctrl-C during these seconds must not leave a server that nobody knows of; the caller stops it.
    trap '' INT TERM HUP

    mkdir -p "$dir"
    [[ $EUID -ne 0 ]] || chown postgres: "$dir"
    chmod 700 "$dir"
    as_owner mkdir -p "$dir/socket"
    create
    for _ in {1..1200}; do # one that is still starting, or still stopping: two minutes
        if ! alive || answers; then break; fi
        sleep 0.1
    done
    if ! alive; then
        rm -f "$dir/data/postmaster.pid" "$dir"/socket/.s.PGSQL.*
        configure
        # pg_ctl gives the server a session of its own: a terminal's Ctrl-C does not reach it.
        as_owner "$bin/pg_ctl" start --silent --wait --timeout=120 \
            --pgdata="$dir/data" --log="$dir/log" || {
            tail -n 20 "$dir/log" >&2
            fail "PostgreSQL did not start, see above"
        }
    fi
    sql "select 1 from pg_database where datname = '$database'" | grep -q 1 ||
        sql "create database $database"
}

sql() {
    as_owner "$bin/psql" -XAtq -v ON_ERROR_STOP=1 -h "$dir/socket" -U "$superuser" -d postgres -c "$1"
}

stop() {
    alive || return 0
    trap '' INT TERM HUP
    as_owner "$bin/pg_ctl" stop --silent --wait --timeout=120 --pgdata="$dir/data" --mode="$1"
}

# libpq's and PostgreSQL's own variables (PGHOST, PGPORT, ...) speak of other servers.
unset "${!PG@}"
verb=${1:-}
[[ $verb == home || -n ${2:-} ]] || fail "usage: see the top of tools/cluster.sh"
dir=$(realpath -m "${2:-.}") # without symbolic links, as the kernel names it
cd /                         # the user postgres may not be allowed to stand in the project

case "$verb" in
home) home ;;
url) url ;;
status) answers ;;
start)
    kind=${3:-dev}
    start
    ;;
stop) stop "${3:-fast}" ;;
remove)
    stop immediate
    rm -rf "$dir/data" "$dir/data.new" "$dir/socket" "$dir/log"
    ;;
*) fail "usage: see the top of tools/cluster.sh" ;;
esac
