/* Files. */
#include "api/report/sheet.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "api/report/cell_rules.h"

void csv_begin(struct render *out, const struct table *table)
{
    render_text(out, "\xEF\xBB\xBF");
    for (int i = 0; i < table->count; i++) {
        render_text(out, i ? "," : "");
        render_text(out, table->names[i]);
    }
    render_text(out, "\r\n");
}

void csv_add(struct render *out, const struct table *table, const json_t *item)
{
    for (int i = 0; i < table->count; i++) {
        render_text(out, i ? "," : "");
        cell_render(out, table_cell(item, table->names[i]));
    }
    render_text(out, "\r\n");
}

enum { PATH_ROOM = 256, CELL_MOST = 32767 }; /* bytes are at least as many as characters */

struct xlsx {
    char path[PATH_ROOM];
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
};

static const char *folder(void)
{
    const char *named = getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

struct xlsx *xlsx_new(const struct table *table)
{
    struct xlsx *book = memory_or_stop(sizeof *book);
    snprintf(book->path, sizeof book->path, "%s/ansinh-XXXXXX", folder());
    int fd = mkstemp(book->path);
    if (fd < 0) {
        free(book);
        return NULL;
    }
    close(fd);
    char *temporary = (char *)folder();
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = temporary};
    book->book = workbook_new_opt(book->path, &options);
    book->sheet = book->book ? workbook_add_worksheet(book->book, NULL) : NULL;
    if (!book->sheet) {
        xlsx_free(book);
        return NULL;
    }
    lxw_format *bold = workbook_add_format(book->book);
    format_set_bold(bold);
    for (int i = 0; i < table->count; i++) {
        worksheet_write_string(book->sheet, 0, (lxw_col_t)i, table->names[i], bold);
    }
    worksheet_freeze_panes(book->sheet, 1, 0);
    book->row = 1;
    return book;
}

/* Text stays text, whatever it begins with; what no cell can hold is left out. */
static void write_cell(struct xlsx *book, lxw_col_t column, const json_t *value)
{
    if (!value || json_is_null(value)) {
        return;
    }
    if (json_is_number(value)) {
        worksheet_write_number(book->sheet, book->row, column, json_number_value(value), NULL);
    } else if (json_is_boolean(value)) {
        worksheet_write_boolean(book->sheet, book->row, column, json_is_true(value), NULL);
    } else if (json_is_string(value)) {
        worksheet_write_string(book->sheet, book->row, column, json_string_value(value), NULL);
    } else {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (strlen(text) <= CELL_MOST) {
            worksheet_write_string(book->sheet, book->row, column, text, NULL);
        }
        free(text);
    }
}

void xlsx_add(struct xlsx *book, const struct table *table, const json_t *item)
{
    for (int i = 0; i < table->count; i++) {
        write_cell(book, (lxw_col_t)i, table_cell(item, table->names[i]));
    }
    book->row++;
}

int xlsx_end(struct xlsx *book)
{
    lxw_error error = workbook_close(book->book);
    book->book = NULL;
    return error == LXW_NO_ERROR ? open(book->path, O_RDONLY | O_CLOEXEC) : -1;
}

void xlsx_free(struct xlsx *book)
{
    if (book) {
        if (book->book) {
            lxw_workbook_free(book->book);
        }
        unlink(book->path);
        free(book);
    }
}
