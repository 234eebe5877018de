/* The permission matrix inside the database: sql_matrix.txt says by hand who may do what to which
 * row; here every cell of it is tried with a real statement, and its lines are compared with the
 * catalogue, so that nothing is added without them. The statements are in sql_matrix_rows.sql. */
#include <stdio.h>
#include <string.h>

#include "statements.h"
#include "tests/support/harness.h"
#include "tests/support/suites.h"

#define MATRIX "tests/migrations/sql_matrix.txt"
#define ROWS "tests/migrations/sql_matrix_rows.sql"

enum { ROLES = 9, PLACES = 9, MAX_LINES = 768, MAX_WORDS = 24, SAID_MOST = 3000 };

static const char places[PLACES + 1] = "obscadpnf";

/* In the order of the matrix's columns. `place` is where the role works: it opens that session. */
static const struct role {
    const char *name;
    const char *column;
    char place;
    const char *unit;  /* gives what the role inserts */
    const char *other; /* … and who does not */
} roles[ROLES] = {
    {"ansinh_app", "app", 0, "1", "168"},
    {"ansinh_gate", "gate", 0, "1", "168"},
    {"ansinh_nation", "na", 'n', "1", "168"},
    {"ansinh_province", "pr", 'p', "168", "1"},
    {"ansinh_district", "di", 'd', "900001", "168"},
    {"ansinh_commune", "co", 'b', "123173", "900001"},
    {"ansinh_agency", "ag", 'a', "900001", "168"},
    {"ansinh_collector", "cl", 'o', "123173", "900001"},
    {"ansinh_worker", "wo", 0, "1", "168"},
};

struct line {
    char section[16];
    char object[96];
    char item[16]; /* the command, in [rows] */
    char cells[ROLES][12];
};
static struct line lines[MAX_LINES];
static size_t line_count;
static char statements_file[1 << 17];

/* What differs; a test says it all at once at its end. */
static const char *differences;
static size_t difference_count;

static void differs(const char *what)
{
    if (strlen(differences) < SAID_MOST) {
        differences = text("%s\n  %s", differences, what);
    }
    difference_count++;
}

static void nothing_differs(void)
{
    ck_assert_msg(difference_count == 0, "%zu differences:%s", difference_count, differences);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The text of a named statement, or NULL. */
static const char *statement(const char *name)
{
    const char *head = text("-- name: %s\n", name);
    const char *at = strstr(statements_file, head);
    if (!at) {
        return NULL;
    }
    at += strlen(head);
    const char *end = strstr(at, "-- name: ");
    return text("%.*s", end ? (int)(end - at) : (int)strlen(at), at);
}

static const char *role_of(const char *column)
{
    for (int i = 0; i < ROLES; i++) {
        if (strcmp(roles[i].column, column) == 0) {
            return roles[i].name;
        }
    }
    ck_abort_msg("%s: no column %s", MATRIX, column);
    return NULL;
}

static void expect(const char *section, const char *object, const char *item, const char *role,
                   const char *cell)
{
    const char *const values[] = {section, object, item, role, cell};
    PGresult *result = PQexecParams(database(), "insert into expected values ($1, $2, $3, $4, $5)",
                                    5, NULL, values, NULL, NULL, 0);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQresultErrorMessage(result));
    PQclear(result);
}

/* name column login [what it may become …] */
static void read_role(char **words, int count)
{
    ck_assert_int_ge(count, 3);
    expect("roles", words[0], "login", "", words[2]);
    for (int i = 3; i < count; i++) {
        expect("roles", words[0], "becomes", "", role_of(words[i]));
    }
    ck_assert(strcmp(words[1], "-") == 0 || strcmp(role_of(words[1]), words[0]) == 0);
}

/* table letter role[,role …] column … */
static void read_columns(char **words, int count)
{
    char *rest = NULL;
    ck_assert_int_ge(count, 4);
    for (char *column = strtok_r(words[2], ",", &rest); column;
         column = strtok_r(NULL, ",", &rest)) {
        for (int i = 3; i < count; i++) {
            expect("columns", words[0], words[1], role_of(column), words[i]);
        }
    }
}

/* object [command] and a cell for each role */
static void read_cells(const char *section, char **words, int count)
{
    int first = strcmp(section, "rows") == 0 ? 2 : 1;
    struct line *line = &lines[line_count++];
    ck_assert_uint_lt(line_count, MAX_LINES);
    ck_assert_msg(count == first + ROLES, "%s: the line of %s has %d cells", MATRIX, words[0],
                  count - first);
    snprintf(line->section, sizeof line->section, "%s", section);
    snprintf(line->object, sizeof line->object, "%s", words[0]);
    snprintf(line->item, sizeof line->item, "%s", first == 2 ? words[1] : "");
    for (int i = 0; i < ROLES; i++) {
        snprintf(line->cells[i], sizeof line->cells[i], "%s", words[first + i]);
        expect(section, line->object, line->item, roles[i].name, line->cells[i]);
    }
}

static void read_line(char *section, size_t room, char *source)
{
    char *words[MAX_WORDS];
    char *rest = NULL;
    int count = 0;
    for (char *word = strtok_r(source, " \t\n", &rest); word;
         word = strtok_r(NULL, " \t\n", &rest)) {
        ck_assert_int_lt(count, MAX_WORDS);
        words[count++] = word;
    }
    if (count == 0 || words[0][0] == '#') {
        return;
    }
    if (words[0][0] == '[') {
        snprintf(section, room, "%.*s", (int)strcspn(words[0] + 1, "]"), words[0] + 1);
    } else if (strcmp(section, "roles") == 0) {
        read_role(words, count);
    } else if (strcmp(section, "columns") == 0) {
        read_columns(words, count);
    } else {
        read_cells(section, words, count);
    }
}

static void read_matrix(void)
{
    char buffer[512];
    char section[16] = "";
    FILE *file = fopen(MATRIX, "r");
    ck_assert_ptr_nonnull(file);
    line_count = 0;
    while (fgets(buffer, sizeof buffer, file)) {
        read_line(section, sizeof section, buffer);
    }
    fclose(file);
}

static const struct line *line_of(const char *section, const char *object, const char *item)
{
    for (size_t i = 0; i < line_count; i++) {
        if (strcmp(lines[i].section, section) == 0 && strcmp(lines[i].object, object) == 0 &&
            strcmp(lines[i].item, item) == 0) {
            return &lines[i];
        }
    }
    return NULL;
}

static bool is_none(const char *cell)
{
    return strcmp(cell, "-") == 0;
}

/* --- setting up ------------------------------------------------------------------------------- */

static void begin_with_the_matrix(void)
{
    FILE *file = fopen(ROWS, "r");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(statements_file, 1, sizeof statements_file - 1, file);
    fclose(file);
    ck_assert_uint_lt(size, sizeof statements_file - 1);
    statements_file[size] = '\0';
    differences = "";
    difference_count = 0;
    sql_text("begin");
    sql_text(statement("expected"));
    read_matrix();
}

/* A row for each place in every table that can have one. */
static void begin_with_the_rows(void)
{
    begin_with_the_matrix();
    sql_text(statement("places"));
    for (const char *at = statements_file; (at = strstr(at, "-- name: ")); at++) {
        const char *name = text("%.*s", (int)strcspn(at + 9, "\n"), at + 9);
        const char *last = strrchr(name, ' ');
        if (last && strcmp(last, " arrange") == 0) {
            sql_text(statement(name));
        }
    }
}

static void undo(void)
{
    sql_text("rollback");
    harness_forget();
}

/* --- trying ----------------------------------------------------------------------------------- */

enum outcome {
    NO_RIGHT, /* no such right */
    REFUSED,  /* by row security, or by a constraint */
    NO_ROW,   /* no row, no effect */
    REACHED,
    BROKEN, /* the statement itself is wrong */
};

struct trial {
    const struct role *role;
    char place;
    const char *writer;
    const char *sql;
    const char *probe; /* or NULL */
    bool empty;        /* with all settings '' */
};

static const char *last_error;

static enum outcome outcome_of(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, "42501") == 0) {
        const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        return strncmp(message, "permission denied", 17) == 0 ? NO_RIGHT : REFUSED;
    }
    if (state && strcmp(state, "55000") == 0) { /* a view is only read */
        return NO_RIGHT;
    }
    if (state && (strcmp(state, "23503") == 0 || strcmp(state, "23514") == 0)) {
        return REFUSED;
    }
    if (state) {
        last_error = text("%s", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
        return BROKEN;
    }
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return strtol(PQcmdTuples((PGresult *)result), NULL, 10) > 0 ? REACHED : NO_ROW;
    }
    const char *value = PQntuples(result) ? PQgetvalue(result, 0, 0) : "";
    return *value && strcmp(value, "0") != 0 && strcmp(value, "f") != 0 ? REACHED : NO_ROW;
}

static enum outcome run(const char *sql)
{
    PGresult *result = PQexec(database(), sql);
    enum outcome outcome = outcome_of(result);
    PQclear(result);
    return outcome;
}

/* Opens a request as middleware/transaction.c does, with its statement. */
static void become(const struct role *role, bool empty)
{
    if (!role->place) {
        run(text("set local role %s", role->name));
        return;
    }
    const char *id = text("01900000-0000-7000-8000-00000000020%d",
                          (int)(strchr(places, role->place) - places) + 1);
    const char *const values[] = {id, "1", role->name + strlen("ansinh_"), "off"};
    run("set local role ansinh_app");
    PGresult *opened =
        PQexecParams(database(), statements[SQL_SESSION_OPEN].text, 4, NULL, values, NULL, NULL, 0);
    ck_assert_msg(PQntuples(opened) == 1, "%s: no session: %s", role->name,
                  PQresultErrorMessage(opened));
    PQclear(opened);
    if (empty) {
        run("select set_config('app.' || n, '', true) from unnest(array['scope_id', 'agent_id', "
            "'user_id', 'session_id', 'territory']) n");
    }
}

/* One statement of one role; nothing of it stays. */
static enum outcome try(struct trial trial)
{
    run(text("savepoint trial; select set_config('test.place', '%c', true), "
             "set_config('test.writer', '%s', true)",
             trial.place, trial.writer));
    become(trial.role, trial.empty);
    enum outcome outcome = run(trial.sql);
    if (trial.probe && (outcome == NO_ROW || outcome == REACHED)) {
        run("reset role");
        outcome = run(trial.probe);
    }
    run("rollback to trial; release trial");
    return outcome;
}

/* The statement of a command on a table; NULL when sql_matrix_rows.sql lacks a part of it. */
static const char *statement_of(const char *object, const char *command)
{
    const char *match = statement(text("%s match", object));
    const char *set = statement(text("%s set", object));
    if (strcmp(command, "insert") == 0 || strcmp(command, "forge") == 0) {
        return statement(text("%s insert", object));
    }
    if (strcmp(command, "call") == 0) {
        return statement(text("%s call", object));
    }
    if (!match || (strcmp(command, "update") == 0 && !set)) {
        return NULL;
    }
    if (strcmp(command, "update") == 0) {
        return text("update %s r set %s from here p where %s", object, set, match);
    }
    if (strcmp(command, "delete") == 0) {
        return text("delete from %s r using here p where %s", object, match);
    }
    return text("select count(*) from %s r, here p where %s", object, match);
}

/* What needs the right and nothing else. */
static const char *bare_statement_of(const char *object, const char *command)
{
    if (strcmp(command, "call") == 0) {
        return statement_of(object, command);
    }
    if (strcmp(command, "insert") == 0 || strcmp(command, "forge") == 0) {
        return text("insert into %s default values", object);
    }
    if (strcmp(command, "delete") == 0) {
        return text("delete from %s", object);
    }
    if (strcmp(command, "update") == 0) {
        return text("update %s set %s = default", object,
                    sql_text(text("select attname from pg_attribute where attnum = 1 and "
                                  "attrelid = '%s'::regclass",
                                  object)));
    }
    return text("select count(*) from %s", object);
}

/* The places that the command reaches, as the matrix writes them. */
static const char *reach_of(const struct line *line, struct trial trial)
{
    char reach[PLACES + 1] = "";
    for (int i = 0; i < PLACES; i++) {
        trial.place = places[i];
        enum outcome outcome = try(trial);
        if (outcome == BROKEN || outcome == NO_RIGHT) {
            return outcome == NO_RIGHT ? "-" : text("%s: %s", line->object, last_error);
        }
        reach[i] = outcome == REACHED ? places[i] : '.';
    }
    return text("%s", reach);
}

static void check_cell(const struct line *line, int column)
{
    const char *cell = line->cells[column];
    const struct role *role = &roles[column];
    struct trial trial = {.role = role,
                          .place = 'o',
                          .writer = strcmp(line->item, "forge") == 0 ? role->other : role->unit};
    if (strcmp(cell, "~") == 0) {
        return;
    }
    bool none = is_none(cell);
    const char *found = "no statement in " ROWS;
    trial.sql =
        none ? bare_statement_of(line->object, line->item) : statement_of(line->object, line->item);
    if (trial.sql && none) {
        enum outcome outcome = try(trial);
        found = outcome == NO_RIGHT ? "-" : outcome == BROKEN ? last_error : "not denied";
    } else if (trial.sql) {
        trial.probe = statement(text("%s probe", line->object));
        trial.empty = strcmp(line->item, "empty") == 0;
        found = reach_of(line, trial);
    }
    if (strcmp(found, cell) != 0) {
        differs(text("%s %s %s: %s, the matrix says %s", line->object, line->item, role->column,
                     found, cell));
    }
}

/* A command without a line is nobody's. */
static void check_command(const struct line *grants, const char *command)
{
    struct line nobody = {.section = "rows"};
    const struct line *line = line_of("rows", grants->object, command);
    const char letters[] = {command[0], (char)(command[0] - 'a' + 'A'), '\0'};
    snprintf(nobody.object, sizeof nobody.object, "%s", grants->object);
    snprintf(nobody.item, sizeof nobody.item, "%s", command);
    for (int i = 0; i < ROLES; i++) {
        snprintf(nobody.cells[i], sizeof nobody.cells[i], "-");
        const char *cell = line ? line->cells[i] : "-";
        if (is_none(cell) == (strpbrk(grants->cells[i], letters) != NULL)) {
            differs(text("%s %s %s: [grants] says %s, [rows] %s", grants->object, command,
                         roles[i].column, grants->cells[i], cell));
        }
    }
    for (int i = 0; i < ROLES; i++) {
        check_cell(line ? line : &nobody, i);
    }
}

/* --- tests ------------------------------------------------------------------------------------ */

static void compare_with_catalogue(const char *what)
{
    PGresult *result = PQexec(database(), statement(text("catalogue %s", what)));
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQresultErrorMessage(result));
    for (int i = 0; i < PQntuples(result); i++) {
        differs(PQgetvalue(result, i, 0));
    }
    PQclear(result);
    nothing_differs();
}

START_TEST(every_table_and_sequence_has_its_line)
{
    compare_with_catalogue("objects");
}
END_TEST

START_TEST(every_grant_has_its_letter)
{
    compare_with_catalogue("grants");
}
END_TEST

START_TEST(every_column_grant_has_its_line)
{
    compare_with_catalogue("columns");
}
END_TEST

START_TEST(every_function_has_its_line)
{
    compare_with_catalogue("functions");
}
END_TEST

START_TEST(every_role_has_its_line)
{
    compare_with_catalogue("roles");
}
END_TEST

START_TEST(what_has_no_line_is_denied)
{
    PGresult *list = PQexec(database(), statement("forbidden"));
    ck_assert_msg(PQresultStatus(list) == PGRES_TUPLES_OK, "%s", PQresultErrorMessage(list));
    ck_assert_int_gt(PQntuples(list), 0);
    for (int i = 0; i < PQntuples(list); i++) {
        for (int r = 0; r < ROLES; r++) {
            struct trial trial = {
                .role = &roles[r], .place = 'o', .writer = "1", .sql = PQgetvalue(list, i, 1)};
            if (strcmp(roles[r].name, PQgetvalue(list, i, 0)) == 0 && try(trial) != NO_RIGHT) {
                differs(text("%s as %s is not denied", trial.sql, roles[r].name));
            }
        }
    }
    PQclear(list);
    nothing_differs();
}
END_TEST

START_TEST(every_command_reaches_the_rows_of_its_cell)
{
    static const char *const commands[] = {"select", "insert", "update", "delete"};
    for (size_t i = 0; i < line_count; i++) {
        bool table = strcmp(lines[i].section, "grants") == 0 &&
                     *sql_text(text("select relkind from pg_class where oid = to_regclass('%s') "
                                    "and relkind <> 'S'",
                                    lines[i].object));
        for (size_t c = 0; table && c < sizeof commands / sizeof *commands; c++) {
            check_command(&lines[i], commands[c]);
        }
    }
    nothing_differs();
}
END_TEST

START_TEST(every_line_of_rows_is_about_something)
{
    for (size_t i = 0; i < line_count; i++) {
        const struct line *line = &lines[i];
        bool call = strcmp(line->item, "call") == 0;
        const struct line *object = line_of(call ? "functions" : "grants", line->object, "");
        bool known = strstr("select insert update delete forge empty call", line->item) != NULL;
        if (strcmp(line->section, "rows") != 0) {
            continue;
        }
        if (!known || !object) {
            differs(text("%s %s in [rows] is about nothing", line->object, line->item));
        }
        for (int r = 0; call && object && r < ROLES; r++) {
            if (is_none(line->cells[r]) != is_none(object->cells[r])) {
                differs(text("%s %s: [functions] says %s, [rows] %s", line->object, roles[r].column,
                             object->cells[r], line->cells[r]));
            }
        }
    }
    nothing_differs();
}
END_TEST

static void check_lines(const char *item)
{
    for (size_t i = 0; i < line_count; i++) {
        for (int r = 0; r < ROLES && strcmp(lines[i].item, item) == 0; r++) {
            check_cell(&lines[i], r);
        }
    }
    nothing_differs();
}

START_TEST(nobody_gives_in_the_name_of_another_unit)
{
    check_lines("forge");
}
END_TEST

START_TEST(empty_settings_see_nothing)
{
    check_lines("empty");
}
END_TEST

START_TEST(the_gate_acts_for_the_right_ones)
{
    check_lines("call");
}
END_TEST

START_TEST(empty_settings_write_nothing)
{
    static const char none[PLACES + 1] = ".........";
    for (size_t i = 0; i < line_count; i++) {
        const struct line *line = &lines[i];
        bool writes = strcmp(line->item, "insert") == 0 || strcmp(line->item, "update") == 0 ||
                      strcmp(line->item, "delete") == 0;
        for (int r = 0; writes && r < ROLES; r++) {
            struct trial trial = {.role = &roles[r],
                                  .writer = roles[r].unit,
                                  .sql = statement_of(line->object, line->item),
                                  .empty = true};
            if (trial.sql && roles[r].place && !is_none(line->cells[r]) &&
                strcmp(reach_of(line, trial), none) != 0) {
                differs(text("%s %s %s: %s", line->object, line->item, roles[r].column,
                             reach_of(line, trial)));
            }
        }
    }
    nothing_differs();
}
END_TEST

static void check_attempt(const struct line *line, int column)
{
    const struct role *role = &roles[column];
    struct trial trial = {.role = role,
                          .place = role->place ? role->place : 'o',
                          .writer = role->unit,
                          .sql = statement(text("attempt %s", line->object))};
    ck_assert_msg(trial.sql != NULL, "no attempt %s in " ROWS, line->object);
    enum outcome outcome = try(trial);
    if (outcome == BROKEN) {
        differs(text("%s %s: %s", line->object, role->column, last_error));
    } else if ((outcome == REACHED) != (strcmp(line->cells[column], "yes") == 0)) {
        differs(text("%s %s: %s, the matrix says %s", line->object, role->column,
                     outcome == REACHED ? "goes through" : "refused", line->cells[column]));
    }
}

START_TEST(untrue_writes_are_refused)
{
    for (size_t i = 0; i < line_count; i++) {
        for (int r = 0; r < ROLES && strcmp(lines[i].section, "attempts") == 0; r++) {
            if (strcmp(lines[i].cells[r], "~") != 0) {
                check_attempt(&lines[i], r);
            }
        }
    }
    nothing_differs();
}
END_TEST

Suite *sql_matrix_suite(void)
{
    Suite *suite = suite_create("sql_matrix");
    TCase *catalogue = tcase_create("catalogue");
    tcase_add_checked_fixture(catalogue, begin_with_the_matrix, undo);
    tcase_add_test(catalogue, every_table_and_sequence_has_its_line);
    tcase_add_test(catalogue, every_grant_has_its_letter);
    tcase_add_test(catalogue, every_column_grant_has_its_line);
    tcase_add_test(catalogue, every_function_has_its_line);
    tcase_add_test(catalogue, every_role_has_its_line);
    tcase_add_test(catalogue, every_line_of_rows_is_about_something);
    suite_add_tcase(suite, catalogue);
    TCase *rows = tcase_create("rows");
    tcase_set_timeout(rows, 120);
    tcase_add_checked_fixture(rows, begin_with_the_rows, undo);
    tcase_add_test(rows, what_has_no_line_is_denied);
    tcase_add_test(rows, every_command_reaches_the_rows_of_its_cell);
    tcase_add_test(rows, nobody_gives_in_the_name_of_another_unit);
    tcase_add_test(rows, empty_settings_see_nothing);
    tcase_add_test(rows, empty_settings_write_nothing);
    tcase_add_test(rows, the_gate_acts_for_the_right_ones);
    tcase_add_test(rows, untrue_writes_are_refused);
    suite_add_tcase(suite, rows);
    return suite;
}
