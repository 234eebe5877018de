#!/usr/bin/python3
"""Turns the named SQL statements into C.

    tools/statements.py OUT.h OUT.c FILE.sql...

A statement starts with a line `-- name: enrolment_list` and ends before the next such line or with
the file. The header gets `enum sql_id`, so that a misspelt name does not compile; the C file gets
the table of texts without comments, and with the number of parameters of each.

`-- lane: fast` or `-- lane: slow` on the line after the name says which way a read by this statement
takes (middleware/transaction.h).

`-- part: enrolment_columns` names text that statements of the same file share: `{enrolment_columns}`
stands for it, in statements and in other parts. Parts are put in here, at build; nothing is assembled
while serving.
"""
import re
import sys

NAME = re.compile(r"--\s*(name|part):\s*(.*?)\s*$")
LANE = re.compile(r"--\s*lane:\s*(.*?)\s*$")
LANES = ("common", "fast", "slow")
PART = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# What is not plain SQL text, in the order in which it is tried. The tag of $tag$ quotes has no digit
# first, so a parameter is never taken for one.
TOKEN = re.compile(
    r"""(?P<comment>(?:\n[ \t]*)?--[^\n]*|/\*.*?\*/)
      | (?P<quote>\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"
                 |(?<!\w)\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$)
      | (?<!\w)\$(?P<param>\d+)""",
    re.S | re.X,
)


def fail(path, line, message):
    sys.exit(f"{path}:{line}: {message}")


def read(path):
    """The statements and parts of one file as (kind, name, line, raw text), and the lanes by name."""
    found = []
    lanes = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = NAME.match(line)
            if match:
                if not re.fullmatch(r"[a-z][a-z0-9_]*", match[2]):
                    fail(path, number, f"'{match[2]}' is no name: small letters, digits and _")
                found.append((match[1], match[2], number, []))
            elif found and not found[-1][3] and LANE.match(line):
                lanes[found[-1][1]] = LANE.match(line)[1]
                if lanes[found[-1][1]] not in LANES:
                    fail(path, number, "a lane is one of " + ", ".join(LANES))
                found[-1][3].append("\n")
            elif found:
                found[-1][3].append(line)
            elif line.strip() and not line.startswith("--"):
                fail(path, number, "text before the first '-- name:'")
    return [(kind, name, line, "".join(lines)) for kind, name, line, lines in found], lanes


def digest(raw):
    """The text without comments, and its highest parameter."""
    highest = 0

    def keep(match):
        nonlocal highest
        if match["comment"]:
            return " "
        if match["param"]:
            highest = max(highest, int(match["param"]))
        return match[0]

    # The newline in front lets a comment on the first line take its whole line along as well.
    text = TOKEN.sub(keep, "\n" + raw)
    return text.strip(), highest


def filled(raw, parts):
    """The text with its parts, and theirs, put in."""
    while True:
        text = PART.sub(lambda match: parts.get(match[1], match[0]), raw)
        if text == raw:
            return text
        raw = text


def collect(paths):
    table = {}
    for path in paths:
        found, lanes = read(path)
        parts = {name: digest(raw)[0] for kind, name, _, raw in found if kind == "part"}
        for kind, name, line, raw in found:
            if kind == "part":
                continue
            raw = filled(raw, parts)
            if name in table:
                fail(path, line, f"'{name}' is already in {table[name][0]}")
            text, params = digest(raw)
            if not text:
                fail(path, line, f"'{name}' has no text")
            table[name] = (f"{path}:{line}", text, params, lanes.get(name, LANES[0]))
    return sorted(table.items())


def quoted(text):
    """C string literals, one a line."""
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n")]
    return "\\n\"\n     \"".join(escaped).join('""')


def header(table):
    ids = "".join(f"    SQL_{name.upper()},\n" for name, _ in table)
    lanes = ", ".join(f"LANE_{name.upper()}" for name in LANES)
    return f"""/* Made by tools/statements.py. */
#ifndef STATEMENTS_H
#define STATEMENTS_H

enum sql_id {{
{ids}    SQL_COUNT
}};

enum sql_lane {{ {lanes} }};

struct statement {{
    const char *name;
    const char *text;
    int params; /* the highest $n */
    enum sql_lane lane;
}};

extern const struct statement statements[SQL_COUNT];

#endif
"""


def source(table):
    rows = "".join(
        f'    /* {origin} */\n    {{"{name}",\n     {quoted(text)},\n     {params}, LANE_{lane.upper()}}},\n'
        for name, (origin, text, params, lane) in table
    )
    return f"""/* Made by tools/statements.py. */
#include "statements.h"

const struct statement statements[SQL_COUNT] = {{
{rows}}};
"""


def write(path, content):
    """Only when it changes, so that nothing is recompiled for an unchanged header."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == content:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def main():
    out_h, out_c, *paths = sys.argv[1:]
    table = collect(paths)
    write(out_h, header(table))
    write(out_c, source(table))


main()
