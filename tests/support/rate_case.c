/* The rates that ship, as a book of a day. */
#include "tests/support/rate_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/harness.h"

enum { ROWS_MAX = 400, LINE_ROOM = 512, COLUMNS = 11 };
enum { KIND, KEY, PLACE, FROM, TO, VALUE, DECISION, TITLE, SOURCE, VERIFIED };

static struct rate_row rows[ROWS_MAX];
static char lines[ROWS_MAX][LINE_ROOM];

/* To the end of the column; quotes that stand inside one are doubled and never end it alone. */
static char *column_end(char *line)
{
    bool quoted = *line == '"';
    for (line += quoted; *line && (quoted || *line != ',') && *line != '\n'; line++) {
        quoted = quoted && !(*line == '"' && (line[1] == ',' || line[1] == '\n'));
    }
    return line;
}

static void cut(char *line, char *columns[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = line;
        line = column_end(line);
        if (*line) {
            *line++ = '\0';
        }
    }
}

static int by_kind_and_key(const void *a, const void *b)
{
    const struct rate_row *x = a;
    const struct rate_row *y = b;
    int kinds = strcmp(x->kind, y->kind);
    return kinds ? kinds : strcmp(x->key, y->key);
}

static bool in_force(char *const columns[COLUMNS], const char *day, const char *province)
{
    return strcmp(columns[FROM], day) <= 0 && (!*columns[TO] || strcmp(day, columns[TO]) <= 0) &&
           (!*columns[PLACE] || (province && strcmp(columns[PLACE], province) == 0));
}

struct rate_book shipped_book(const char *day, const char *province)
{
    int count = 0;
    FILE *file = fopen("migrations/data/rates.csv", "r");
    while (file && count < ROWS_MAX && fgets(lines[count], LINE_ROOM, file)) {
        char *columns[COLUMNS];
        cut(lines[count], columns);
        if (in_force(columns, day, province)) {
            rows[count++] = (struct rate_row){
                .kind = columns[KIND],
                .key = columns[KEY],
                .value = strtoll(columns[VALUE], NULL, 10),
                .valid_from = columns[FROM],
                .decision = columns[DECISION],
                .title = columns[TITLE],
                .verified = strcmp(columns[VERIFIED], "true") == 0,
            };
        }
    }
    if (file) {
        fclose(file);
    }
    qsort(rows, (size_t)count, sizeof *rows, by_kind_and_key);
    return (struct rate_book){.rows = rows, .count = count};
}

void rates_as_shipped(void)
{
    sql_text("alter table rate disable trigger rate_ends_once");
    sql_text("delete from rate where created_by is not null");
    sql_text("update rate set ended_on = null, ended_number = null, ended_title = null, ended_at = "
             "null, ended_by = null where ended_on is not null");
    sql_text("alter table rate enable trigger rate_ends_once");
    harness_forget();
}
