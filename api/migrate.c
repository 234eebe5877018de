/* Preparing a database. Migrations go forward only, each in its own transaction, and are recorded
 * with a checksum: one that was changed after it ran is an error, not a surprise. */
#include "api/migrate.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "api/identity/password.h"
#include "embedded.h"
#include "middleware/arena.h"

enum { CHECKSUM_ROOM = 65 };

static const char migrations_folder[] = "migrations/";

static int version_of(const struct embedded_file *file)
{
    size_t folder = sizeof migrations_folder - 1;
    const char *name = file->name + folder;
    if (strncmp(file->name, migrations_folder, folder) != 0 || strchr(name, '/')) {
        return 0;
    }
    return (int)strtol(name, NULL, 10);
}

int migration_newest(void)
{
    int newest = 0;
    for (size_t i = 0; i < embedded_file_count; i++) {
        int version = version_of(&embedded_files[i]);
        newest = version > newest ? version : newest;
    }
    return newest;
}

static const struct embedded_file *file_named(const char *name, size_t size)
{
    for (size_t i = 0; i < embedded_file_count; i++) {
        const char *own = embedded_files[i].name;
        if (strlen(own) == size && memcmp(own, name, size) == 0) {
            return &embedded_files[i];
        }
    }
    return NULL;
}

bool database_run(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good) {
        fprintf(stderr, "ansinh: %s", PQresultErrorMessage(result));
    }
    PQclear(result);
    return good;
}

bool database_run_with(PGconn *pg, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(pg, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good) {
        fprintf(stderr, "ansinh: %s", PQresultErrorMessage(result));
    }
    PQclear(result);
    return good;
}

static void checksum_of(const struct embedded_file *file, char out[CHECKSUM_ROOM])
{
    unsigned char hash[32];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)file->data, file->size, NULL, 0);
    sodium_bin2hex(out, CHECKSUM_ROOM, hash, sizeof hash);
}

/* `-- csv: migrations/data/units.csv` makes the temporary table csv_units, all columns text. COPY is
 * refused under row security, so data always comes in through a staging table. */
static bool load_csv(PGconn *pg, struct arena *arena, const char *path, size_t size)
{
    const struct embedded_file *file = file_named(path, size);
    const char *base = file ? strrchr(file->name, '/') + 1 : NULL;
    if (!file) {
        fprintf(stderr, "ansinh: no data file %.*s\n", (int)size, path);
        return false;
    }
    const char *table = arena_printf(arena, "csv_%.*s", (int)strcspn(base, "."), base);
    const char *columns = arena_strndup(arena, file->data, strcspn(file->data, "\r\n"));
    const char *definition = "";
    for (const char *at = columns; *at;) {
        size_t name = strcspn(at, ",");
        definition = arena_printf(arena, "%s%s\"%.*s\" text", definition, *definition ? ", " : "",
                                  (int)name, at);
        at += name + (at[name] == ',');
    }
    if (!database_run(pg, arena_printf(arena,
                                       "create temporary table %s (%s) on commit drop; "
                                       "grant select on %s to public",
                                       table, definition, table))) {
        return false;
    }
    PGresult *copy =
        PQexec(pg, arena_printf(arena, "copy %s from stdin (format csv, header)", table));
    bool good = PQresultStatus(copy) == PGRES_COPY_IN &&
                PQputCopyData(pg, file->data, (int)file->size) == 1 && PQputCopyEnd(pg, NULL) == 1;
    PQclear(copy);
    PGresult *end = good ? PQgetResult(pg) : NULL;
    good = good && PQresultStatus(end) == PGRES_COMMAND_OK;
    PQclear(end);
    while ((end = PQgetResult(pg))) {
        PQclear(end);
    }
    return good || (fprintf(stderr, "ansinh: %s", PQerrorMessage(pg)), false);
}

bool database_load_csv(PGconn *pg, struct arena *arena, const char *path)
{
    return load_csv(pg, arena, path, strlen(path));
}

static bool load_listed_csv(PGconn *pg, struct arena *arena, const struct embedded_file *file)
{
    static const char mark[] = "-- csv: ";
    const char *line = file->data;
    while (strncmp(line, mark, sizeof mark - 1) == 0) {
        const char *path = line + sizeof mark - 1;
        size_t size = strcspn(path, "\n");
        if (!load_csv(pg, arena, path, size)) {
            return false;
        }
        line = path + size + (path[size] == '\n');
    }
    return true;
}

static bool apply(PGconn *pg, struct arena *arena, const struct embedded_file *file)
{
    char checksum[CHECKSUM_ROOM];
    checksum_of(file, checksum);
    const char *version = arena_printf(arena, "%d", version_of(file));
    const char *const record[] = {version, file->name, checksum};
    bool good = database_run(pg, "begin") && load_listed_csv(pg, arena, file) &&
                database_run(pg, file->data) && database_run(pg, "reset role") &&
                database_run_with(
                    pg, "insert into migration (version, name, checksum) values ($1::int, $2, $3)",
                    3, record);
    if (!good) {
        fprintf(stderr, "ansinh: migration %s failed; nothing of it stays\n", file->name);
        database_run(pg, "rollback");
        return false;
    }
    printf("applied %s\n", file->name);
    return database_run(pg, "commit");
}

/* 1 when it ran before, 0 when it did not, -1 when the file is another one than the one that ran. */
static int applied(PGconn *pg, struct arena *arena, const struct embedded_file *file)
{
    char checksum[CHECKSUM_ROOM];
    checksum_of(file, checksum);
    const char *const version[] = {arena_printf(arena, "%d", version_of(file))};
    PGresult *found = PQexecParams(pg, "select checksum from migration where version = $1::int", 1,
                                   NULL, version, NULL, NULL, 0);
    int known = PQresultStatus(found) == PGRES_TUPLES_OK ? PQntuples(found) : -1;
    if (known == 1 && strcmp(PQgetvalue(found, 0, 0), checksum) != 0) {
        fprintf(stderr, "ansinh: %s was changed after it was applied\n", file->name);
        known = -1;
    }
    PQclear(found);
    return known;
}

/* Embedded files are sorted by name, so migrations come in their order. */
bool migrate_until(PGconn *pg, struct arena *arena, int version)
{
    if (!database_run(pg, "set client_min_messages = warning") ||
        !database_run(pg, "select pg_advisory_lock(20261122)") ||
        !database_run(pg, "create table if not exists migration (version int primary key, "
                          "name text not null, checksum text not null, "
                          "applied_at timestamptz not null default now())")) {
        return false;
    }
    for (size_t i = 0; i < embedded_file_count; i++) {
        const struct embedded_file *file = &embedded_files[i];
        bool wanted = version_of(file) && version_of(file) <= version;
        int known = wanted ? applied(pg, arena, file) : 1;
        if (known < 0 || (known == 0 && !apply(pg, arena, file))) {
            return false;
        }
    }
    return true;
}

static bool set_app_password(PGconn *pg, struct arena *arena, const char *password)
{
    if (!password) {
        return true;
    }
    char *hash = PQencryptPasswordConn(pg, password, "ansinh_app", NULL);
    char *literal = hash ? PQescapeLiteral(pg, hash, strlen(hash)) : NULL;
    bool good = literal &&
                database_run(pg, arena_printf(arena, "alter role ansinh_app password %s", literal));
    PQfreemem(literal);
    PQfreemem(hash);
    return good;
}

const char *database_complaint(const struct config *config, PGconn *pg)
{
    PQconninfoOption *parts = PQconninfoParse(config->database_url, NULL);
    const char *host = PQhost(pg);
    bool readable = parts && !(host && strchr(host, '@'));
    PQconninfoFree(parts);
    return readable ? PQerrorMessage(pg) : "DATABASE_URL cannot be read";
}

PGconn *database_connect(const struct config *config)
{
    PGconn *pg = PQconnectdb(config->database_url);
    if (PQstatus(pg) != CONNECTION_OK) {
        fprintf(stderr, "ansinh: %s\n", database_complaint(config, pg));
        PQfinish(pg);
        return NULL;
    }
    return pg;
}

int migrate_command(const struct config *config)
{
    PGconn *pg = database_connect(config);
    if (!pg) {
        return 1;
    }
    struct arena *arena = arena_new((size_t)1 << 26);
    bool good = migrate_until(pg, arena, migration_newest()) &&
                set_app_password(pg, arena, config->app_password);
    arena_free(arena);
    PQfinish(pg);
    return good ? 0 : 1;
}

static bool read_password(char *out, size_t room)
{
    if (!fgets(out, (int)room, stdin)) {
        return false;
    }
    out[strcspn(out, "\r\n")] = '\0';
    return strlen(out) >= 12;
}

int admin_create_command(const struct config *config, const char *username)
{
    char password[256];
    char hash[PASSWORD_HASH_ROOM];
    fputs("password (12 characters or more): ", stderr);
    if (!read_password(password, sizeof password) || !password_hash(password, hash)) {
        fputs("\nansinh: the password needs 12 characters or more\n", stderr);
        return 1;
    }
    sodium_memzero(password, sizeof password);
    PGconn *pg = database_connect(config);
    const char *const values[] = {username, hash};
    bool good =
        pg && database_run(pg, "begin") && database_run(pg, "set local role ansinh_gate") &&
        database_run_with(pg,
                          "with made as (insert into app_user (id, username, full_name, slice, "
                          "duty, unit_id, province_id, district_id, commune_id, giver_id) "
                          "values (uuid7(), $1, $1, 'nation', 'manager', 1, 0, 0, 0, 1) "
                          "returning id) "
                          "insert into credential (user_id, hash) select id, $2 from made",
                          2, values) &&
        database_run(pg, "commit");
    PQfinish(pg);
    fprintf(stderr, good ? "\ncreated %s, manager of the nation\n" : "\n%s was not created\n",
            username);
    return good ? 0 : 1;
}
