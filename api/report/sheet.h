/* A file in the making: a line of names, then a line for each item. */
#ifndef ANSINH_SHEET_H
#define ANSINH_SHEET_H

#include "middleware/render.h"
#include "middleware/table.h"

/* A part of a CSV file: UTF-8 with a byte order mark in front, without which spreadsheets take Vietnamese
 * for something else, and lines that end in CRLF. */
void csv_begin(struct render *out, const struct table *table);
void csv_add(struct render *out, const struct table *table, const json_t *item);

/* An XLSX file, which is made on disk a row at a time and is whole only at its end. */
struct xlsx;
struct xlsx *xlsx_new(const struct table *table); /* NULL when the disk refuses */
void xlsx_add(struct xlsx *book, const struct table *table, const json_t *item);
/* Ends the making; the file then is open to be read from its start, or -1. */
int xlsx_end(struct xlsx *book);
void xlsx_free(struct xlsx *book);

#endif
