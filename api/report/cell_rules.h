/* What a value becomes in a cell of a file. Pure functions. */
#ifndef ANSINH_CELL_RULES_H
#define ANSINH_CELL_RULES_H

#include <jansson.h>

#include "middleware/render.h"

/* Spreadsheets take such text for a formula and run it, whoever wrote it: a name may begin with "=". */
bool cell_is_formula(const char *text);

/* The value as text; nothing for null, JSON for what is neither text nor number nor truth. */
const char *cell_text(struct arena *arena, const json_t *value);

/* A field after RFC 4180; text that would be a formula has an apostrophe in front. */
void cell_render(struct render *out, const json_t *value);

#endif
