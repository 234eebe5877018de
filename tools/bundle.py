#!/usr/bin/python3
"""Merges the contract, openapi/*.yaml, into the one JSON file that the binary serves and enforces.

    tools/bundle.py OUT.json FILE.yaml...

openapi.yaml holds the head (openapi, info, servers, tags, security); every file may add `paths` and
`components`. The order is that of the files by name, and within a file its own.

YAML guesses types, and guesses wrong: `no` becomes false, 012 becomes 10, 2026-11-22 a date, 12:30 a
number. Here only true, false, null and numbers as JSON writes them are no strings, keys are always
strings, and anchors, aliases, merge keys, tags and empty values are errors. So is everything that two
files define twice and every $ref that leads nowhere.
"""
import json
import os
import re
import sys
from urllib.parse import unquote

import yaml

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
WORDS = {"true": True, "false": False, "null": None}
COMPONENTS = ("schemas", "parameters", "responses", "headers", "securitySchemes", "examples")


class ContractError(Exception):
    """Its text begins with the file and the line."""


class Mapping(dict):
    """A YAML mapping that remembers where each of its keys stands, as "file:line"."""

    def __init__(self):
        super().__init__()
        self.where = {}


class Loader:
    """Builds the values of one file from the events of the YAML parser, which guess nothing."""

    def __init__(self, path, text):
        self.path = path
        # The parser in C, where Debian has it, is ten times as fast.
        self.events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def place(self, event):
        return f"{self.path}:{event.start_mark.line + 1}"

    def fail(self, event, message):
        raise ContractError(f"{self.place(event)}: {message}")

    def next(self):
        event = next(self.events)
        if isinstance(event, yaml.AliasEvent):
            self.fail(event, f"alias *{event.anchor}; use $ref")
        if getattr(event, "anchor", None):
            self.fail(event, f"anchor &{event.anchor}; use $ref")
        if getattr(event, "tag", None):
            self.fail(event, f"tag {event.tag}; quote the text instead")
        return event

    def document(self):
        self.next()  # start of the stream
        event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            raise ContractError(f"{self.path}:1: the file is empty")
        value = self.value(self.next())
        self.next()  # end of the document
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            self.fail(event, "a second document")
        if not isinstance(value, Mapping):
            raise ContractError(f"{self.path}:1: the file is no mapping")
        return value

    def value(self, event):
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping()
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence()
        return self.scalar(event)

    def mapping(self):
        result = Mapping()
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.fail(event, "a key that is no text")
            key = event.value
            if key == "<<" and not event.style:
                self.fail(event, "merge key <<; use $ref or allOf")
            if key in result:
                self.fail(event, f"'{key}' is already at {result.where[key]}")
            result.where[key] = self.place(event)
            result[key] = self.value(self.next())
        return result

    def sequence(self):
        result = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            result.append(self.value(event))
        return result

    def scalar(self, event):
        text = event.value
        if event.style:  # quoted or a block: text
            return text
        if text == "":
            self.fail(event, "nothing after the colon or dash; write null, '', {} or []")
        if text in WORDS:
            return WORDS[text]
        number = JSON_NUMBER.fullmatch(text)
        if not number:
            return text
        if not number[2] and not number[3]:
            return int(text)
        value = float(text)
        if value in (float("inf"), float("-inf")):
            self.fail(event, f"{text} is too large for a number")
        return value


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return Loader(path, file.read()).document()
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}:1: not UTF-8: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContractError(f"{path}:{line}: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise ContractError(f"{path}:1: {error}") from error


def adopt(into, source, what):
    """Moves the keys of one mapping into another; a key that is there already is an error."""
    for key, value in source.items():
        if key in into:
            raise ContractError(
                f"{source.where[key]}: {what} '{key}' is already at {into.where[key]}"
            )
        into[key] = value
        into.where[key] = source.where[key]


def part(parent, key):
    """A member that must be a mapping; an empty one if it is missing."""
    value = parent.get(key, Mapping())
    if not isinstance(value, Mapping):
        raise ContractError(f"{parent.where[key]}: '{key}' must be a mapping")
    return value


def merge_paths(paths, more):
    for path in more:
        item = part(more, path)
        if path not in paths:
            paths[path] = Mapping()
            paths.where[path] = more.where[path]
        adopt(paths[path], item, f"{path}:")


def merge_components(components, more):
    for kind in more:
        if kind not in COMPONENTS:
            raise ContractError(
                f"{more.where[kind]}: '{kind}' is none of the components {', '.join(COMPONENTS)}"
            )
        if kind not in components:
            components[kind] = Mapping()
        adopt(components[kind], part(more, kind), f"components.{kind}:")


def merge(files):
    """files: (path, content) sorted by path. The head comes from the one called openapi.yaml."""
    head, paths, components = Mapping(), Mapping(), Mapping()
    for path, content in files:
        merge_paths(paths, part(content, "paths"))
        merge_components(components, part(content, "components"))
        for key, value in content.items():
            if key in ("paths", "components"):
                continue
            if os.path.basename(path) != "openapi.yaml":
                raise ContractError(f"{content.where[key]}: '{key}' belongs into openapi.yaml")
            head[key] = value
    if "openapi" not in head:
        raise ContractError("openapi/openapi.yaml:1: no such file, or it has no 'openapi'")
    head["paths"] = paths
    head["components"] = components
    return head


def resolves(document, ref):
    """True if the JSON pointer of a local reference leads somewhere."""
    node = document
    for step in unquote(ref).split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return False
    return True


def check_refs(document, node):
    if isinstance(node, list):
        for value in node:
            check_refs(document, value)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str):
            if not value.startswith("#/") or not resolves(document, value):
                raise ContractError(f"{node.where[key]}: $ref '{value}' leads nowhere")
        check_refs(document, value)


def bundle(paths):
    """The JSON text of the whole contract."""
    document = merge([(path, load(path)) for path in sorted(paths)])
    check_refs(document, document)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def main():
    out, *paths = sys.argv[1:]
    try:
        text = bundle(paths)
    except ContractError as error:
        sys.exit(str(error))
    with open(out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
