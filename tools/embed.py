#!/usr/bin/python3
"""Puts files into the binary.

    tools/embed.py OUT.S OUT.h [NAME=]PATH...

The assembler reads the files itself (.incbin), so this is run again only when the list changes. A
NUL follows each file and is not counted in its size. Sorted by name; without NAME= it is the path.
"""
import sys

HEADER = """/* Made by tools/embed.py. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* path from the project's root, or openapi.json */
    const char *data; /* ends with a NUL that size does not count */
    size_t size;
};

extern const struct embedded_file embedded_files[]; /* sorted by name */
extern const size_t embedded_file_count;

#endif
"""

# The table holds addresses, which the loader fills in: .data.rel.ro is read-only after that.
SOURCE = """/* Made by tools/embed.py. */
    .section .rodata
{data}
    .balign 8
    .globl embedded_file_count
    .type embedded_file_count, %object
    .size embedded_file_count, 8
embedded_file_count:
    .quad {count}

    .section .data.rel.ro, "aw", %progbits
    .balign 8
    .globl embedded_files
    .type embedded_files, %object
    .size embedded_files, {count} * 24
embedded_files:
{rows}
    /* Without this the linker would make the stack executable. */
    .section .note.GNU-stack, "", %progbits
"""


def main():
    out_s, out_h, *arguments = sys.argv[1:]
    files = sorted((a.split("=", 1) if "=" in a else [a, a]) for a in arguments)
    data = rows = ""
    for i, (name, path) in enumerate(files):
        data += f'.Lname{i}:\n    .asciz "{name}"\n'
        data += f'.Ldata{i}:\n    .incbin "{path}"\n.Lend{i}:\n    .byte 0\n'
        rows += f"    .quad .Lname{i}, .Ldata{i}, .Lend{i} - .Ldata{i}\n"
    with open(out_s, "w", encoding="utf-8") as file:
        file.write(SOURCE.format(data=data, rows=rows, count=len(files)))
    with open(out_h, "w", encoding="utf-8") as file:
        file.write(HEADER)


main()
