#!/usr/bin/python3
"""Compares two bundled contracts: exit status 1 for a change that would break a client, unless
accepted.txt beside this file lists it.

    tests/contract/compatible.py OLD.json NEW.json

A request that was right must stay right, and an answer must keep what a client may rely on. New
operations, optional parameters, and members and values of answers break nothing: a client ignores what
it does not know. Texts and the names of path parameters are free.
"""
import json
import os
import re
import sys

ACCEPTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "accepted.txt")
METHODS = ("get", "put", "post", "patch", "delete")
NARROWER = {key: lambda old, new: new > old for key in ("minLength", "minimum", "minItems")}
NARROWER |= {key: lambda old, new: new < old for key in ("maxLength", "maximum", "maxItems")}
REQUEST, ANSWER = "request", "answer"
ANY_TYPE = {"object", "array", "string", "number", "integer", "boolean", "null"}
MOST_NESTED = 32


def resolved(contract, node):
    while "$ref" in node:
        steps = node["$ref"].split("/")[1:]
        node = contract
        for step in steps:
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def types(schema):
    given = schema.get("type", "string" if values(schema) else ANY_TYPE)
    given = {given} if isinstance(given, str) else set(given)
    return given | {"integer"} if "number" in given else given


def values(schema):
    """The only values that it takes, None if it is not about values."""
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return None if choices is None else {str(choice) for choice in choices}


class Comparison:
    """Collects in `breaks` what is wrong, as lines that accepted.txt can repeat."""

    def __init__(self, old, new):
        self.old, self.new = old, new
        self.breaks = []
        self.done = set()

    def say(self, place, message):
        line = f"{place}: {message}"
        if line not in self.breaks:
            self.breaks.append(line)

    def contracts(self):
        after = {re.sub(r"{.*?}", "{}", path): item for path, item in self.new["paths"].items()}
        for path, item in self.old["paths"].items():
            for method in METHODS:
                if method in item:
                    new = after.get(re.sub(r"{.*?}", "{}", path), {}).get(method)
                    self.operation(f"{method.upper()} {path}", item[method], new)
        for kind in ("x-problem-codes", "x-flaw-codes"):
            kept = [(row["code"], row.get("status")) for row in self.new["info"].get(kind, [])]
            for row in self.old["info"].get(kind, []):
                if (row["code"], row.get("status")) not in kept:
                    self.say(f"{kind} {row['code']}", "removed, or another status")
        return self.breaks

    def operation(self, place, old, new):
        if new is None:
            self.say(place, "removed")
            return
        for key in ("operationId", "x-permission"):
            if old.get(key) != new.get(key):
                self.say(place, f"another {key}")
        for tier in old.get("x-tiers", []):
            if tier not in new.get("x-tiers", []):
                self.say(place, f"tier {tier} may no longer call")
        if old.get("security") == [] != new.get("security"):
            self.say(place, "needs signing in now")
        self.parameters(place, self.named(self.old, old), self.named(self.new, new))
        self.content(f"{place} body", old.get("requestBody", {}), new.get("requestBody", {}), REQUEST)
        for status, response in old["responses"].items():
            if status in new["responses"]:
                self.response(f"{place} {status}", response, new["responses"][status])
            elif status < "3":  # an error may be documented by `default`
                self.say(f"{place} {status}", "removed")

    @staticmethod
    def named(contract, operation):
        """The parameters; those of the path by their order."""
        all_of_them = [resolved(contract, node) for node in operation.get("parameters", [])]
        paths = [node["name"] for node in all_of_them if node["in"] == "path"]
        return {
            f"path {paths.index(node['name'])}" if node["in"] == "path" else f"{node['in']} {node['name']}": node
            for node in all_of_them
        }

    def parameters(self, place, old, new):
        for name, parameter in new.items():
            if parameter.get("required") and not old.get(name, {}).get("required"):
                self.say(f"{place} {name}", "required now")
        for name, parameter in old.items():
            if name in new:
                self.schema(f"{place} {name}", parameter["schema"], new[name]["schema"], REQUEST)
            else:
                self.say(f"{place} {name}", "removed")  # the server refuses what it does not know

    def response(self, place, old, new):
        old, new = resolved(self.old, old), resolved(self.new, new)
        for name in old.get("headers", {}):
            if name not in new.get("headers", {}):
                self.say(f"{place} header {name}", "removed")
        self.content(place, old, new, ANSWER)

    def content(self, place, old, new, direction):
        if new.get("required") and not old.get("required"):
            self.say(place, "required now")
        for kind, media in old.get("content", {}).items():
            if kind in new.get("content", {}):
                self.schema(place, media["schema"], new["content"][kind]["schema"], direction)
            else:
                self.say(f"{place} {kind}", "removed")

    def schema(self, place, old, new, direction):
        if "$ref" in old and old["$ref"] == new.get("$ref"):  # said once, however often it is used
            place = f"{old['$ref'].split('/')[-1]} ({direction})"
            if place in self.done:
                return
            self.done.add(place)
        old, new = resolved(self.old, old), resolved(self.new, new)
        if place.count("/") > MOST_NESTED:
            return
        request = direction == REQUEST
        before, after = (types(old), types(new)) if request else (types(new), types(old))
        if not before <= after:
            self.say(place, "another type")
        for key in ("pattern", "format"):
            if old.get(key) != new.get(key) and (key in new if request else key in old):
                self.say(place, f"another {key}")
        if request:
            self.narrowed(place, old, new)
        self.members(place, old, new, request)
        self.schema_below(f"{place}/-", old.get("items"), new.get("items"), direction)
        choices = old.get("oneOf", []), new.get("oneOf", [])
        if bool(choices[0]) != bool(choices[1]) or request and len(choices[0]) > len(choices[1]):
            self.say(place, "another oneOf")
        for n, (one, other) in enumerate(zip(*choices)):
            self.schema(f"{place}/oneOf {n}", one, other, direction)
        for name, one in old.get("properties", {}).items():
            self.schema_below(f"{place}/{name}", one, new.get("properties", {}).get(name), direction)

    def schema_below(self, place, old, new, direction):
        if old is not None and new is not None:
            self.schema(place, old, new, direction)

    def narrowed(self, place, old, new):
        before, after = values(old), values(new)
        if after is not None and before is None:
            self.say(place, "only certain values now")
        for value in sorted((before or set()) - (after or before or set())):
            self.say(place, f"value {value} removed")
        for key, is_narrower in NARROWER.items():
            if key in new and (key not in old or is_narrower(old[key], new[key])):
                self.say(place, f"{key} {new[key]}")
        for key, value in (("uniqueItems", True), ("additionalProperties", False)):
            if new.get(key) is value and old.get(key) is not value:
                self.say(place, f"{key} now")
        if old.get("default") != new.get("default"):
            self.say(place, "another default")

    def members(self, place, old, new, request):
        kept = new.get("properties", {})
        for name in old.get("properties", {}):
            if name not in kept:
                self.say(f"{place}/{name}", "removed")
        needed, still = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted(still - needed if request else (needed - still) & set(kept)):
            self.say(f"{place}/{name}", "required now" if request else "no longer certain")


def main():
    old, new = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
    with open(ACCEPTED, encoding="utf-8") as file:
        accepted = {line.strip() for line in file if line.strip() and not line.startswith("#")}
    breaks = Comparison(old, new).contracts()
    for line in breaks:
        print(f"{'accepted' if line in accepted else 'BREAKS CLIENTS'}: {line}", file=sys.stderr)
    wrong = len(set(breaks) - accepted)
    print(f"compatible: {len(breaks)} breaking changes, {wrong} of them not in accepted.txt")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
