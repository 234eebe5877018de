#!/usr/bin/python3
"""Tests of bundle.py: the traps of YAML, and what two files may not do to each other.

Prints nothing when all is well, because other totals have the last word.
"""
import io
import json
import os
import sys
import tempfile
import unittest

import bundle

HEAD = "openapi: 3.1.0\ninfo: {title: Ansinh, version: 1.0.0}\n"


def made(**files):
    """The bundle of the files given by name, openapi.yaml being HEAD unless given."""
    files.setdefault("openapi", HEAD)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in files.items():
            paths.append(os.path.join(folder, name + ".yaml"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text)
        try:
            return json.loads(bundle.bundle(paths))
        except bundle.ContractError as error:
            raise bundle.ContractError(str(error).replace(folder + "/", "")) from None


def scalar(text):
    """What the plain text becomes as a value."""
    document = made(a=f"components:\n  examples:\n    x: {{value: {text}}}\n")
    return document["components"]["examples"]["x"]["value"]


class Values(unittest.TestCase):
    def test_yaml_guesses_stay_text(self):
        for text in (
            "no yes on off y n No YES True FALSE Null ~ 2026-11-22 2026-11-22T10:00:00Z 012 0o7 0x1F "
            "1_000 12:30 1:2:3 +1 .5 1. 1e .inf -.inf .nan -012 079 00 3.1.0 1e+ --1 0b1 = NaN Infinity"
        ).split():
            self.assertEqual(scalar(text), text)

    def test_json_values_are_values(self):
        for text in "true false null 0 -1 12 1.5 -0.25 1e3 1E-2 12345678901234567890".split():
            value = scalar(text)
            self.assertEqual(value, json.loads(text))
            self.assertIs(type(value), type(json.loads(text)))

    def test_quoted_and_block_values_are_text(self):
        self.assertEqual(scalar("'true'"), "true")
        self.assertEqual(scalar('"12"'), "12")
        document = made(a="components:\n  examples:\n    x:\n      value: |\n        12\n")
        self.assertEqual(document["components"]["examples"]["x"]["value"], "12\n")

    def test_keys_are_text(self):
        document = made(a="paths:\n  /v1/a:\n    get: {responses: {200: {no: on}, 012: {}}}\n")
        responses = document["paths"]["/v1/a"]["get"]["responses"]
        self.assertEqual(responses, {"200": {"no": "on"}, "012": {}})

    def test_vietnamese_stays_readable(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "openapi.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("openapi: 3.1.0\ninfo: {title: An sinh xã hội}\n")
            text = bundle.bundle([path])
        self.assertIn("xã hội", text)
        self.assertNotIn(": ", text)


class Files(unittest.TestCase):
    def test_parts_are_merged_in_order(self):
        document = made(
            b="paths:\n  /b: {get: {}}\ncomponents:\n  schemas: {B: {}}\n",
            a="paths:\n  /z: {get: {}}\n  /a: {get: {}}\ncomponents:\n  schemas: {Z: {}, A: {}}\n",
        )
        self.assertEqual(list(document), ["openapi", "info", "paths", "components"])
        self.assertEqual(list(document["paths"]), ["/z", "/a", "/b"])
        self.assertEqual(list(document["components"]["schemas"]), ["Z", "A", "B"])

    def test_one_path_may_have_methods_in_two_files(self):
        document = made(a="paths:\n  /x: {get: {}}\n", b="paths:\n  /x: {post: {}}\n")
        self.assertEqual(list(document["paths"]["/x"]), ["get", "post"])

    def test_refs_across_files_resolve(self):
        made(
            a="paths:\n  /x/{id}:\n    get: {a: {$ref: '#/components/schemas/S'}}\n",
            b="components:\n  schemas:\n    S: {}\n    T: {$ref: '#/paths/~1x~1{id}/get'}\n",
        )


class Errors(unittest.TestCase):
    def refused(self, message, **files):
        with self.assertRaises(bundle.ContractError) as caught:
            made(**files)
        self.assertEqual(str(caught.exception), message)

    def test_duplicate_key(self):
        self.refused(
            "a.yaml:3: '/x' is already at a.yaml:2", a="paths:\n  /x: {}\n  /x: {}\n"
        )

    def test_duplicate_method(self):
        self.refused(
            "b.yaml:3: /x: 'get' is already at a.yaml:2",
            a="paths:\n  /x: {get: {}}\n",
            b="paths:\n  /x:\n    get: {}\n",
        )

    def test_duplicate_component(self):
        self.refused(
            "b.yaml:3: components.schemas: 'S' is already at a.yaml:2",
            a="components:\n  schemas: {S: {}}\n",
            b="components:\n  schemas:\n    S: {}\n",
        )

    def test_ref_to_nowhere(self):
        self.refused(
            "a.yaml:3: $ref '#/components/schemas/S' leads nowhere",
            a="paths:\n  /x:\n    get: {$ref: '#/components/schemas/S'}\n",
        )
        self.refused(
            "a.yaml:2: $ref 'b.yaml#/x' leads nowhere", a="paths:\n  /x: {$ref: 'b.yaml#/x'}\n"
        )

    def test_anchor_alias_merge_and_tag(self):
        self.refused("a.yaml:2: anchor &A; use $ref", a="paths:\n  /x: &A {}\n")
        self.refused("a.yaml:2: alias *A; use $ref", a="paths:\n  /x: *A\n")
        self.refused("a.yaml:3: merge key <<; use $ref or allOf", a="paths:\n  /x:\n    <<: {}\n")
        self.refused(
            "a.yaml:2: tag tag:yaml.org,2002:str; quote the text instead", a="paths:\n  /x: !!str 1\n"
        )

    def test_empty_value(self):
        self.refused(
            "a.yaml:2: nothing after the colon or dash; write null, '', {} or []",
            a="paths:\n  /x:\n",
        )

    def test_foreign_parts(self):
        self.refused("a.yaml:1: 'tags' belongs into openapi.yaml", a="tags: []\n")
        with self.assertRaisesRegex(bundle.ContractError, "^a.yaml:2: 'schema' is none of"):
            made(a="components:\n  schema: {}\n")
        self.refused("a.yaml:1: 'paths' must be a mapping", a="paths: []\n")

    def test_broken_files(self):
        self.refused("a.yaml:1: the file is empty", a="# nothing\n")
        self.refused("a.yaml:3: a second document", a="paths: {}\n\n---\npaths: {}\n")
        with self.assertRaisesRegex(bundle.ContractError, "^a.yaml:2: "):
            made(a="paths:\n  /x: {get: ]\n")

    def test_no_head(self):
        with self.assertRaisesRegex(bundle.ContractError, "has no 'openapi'$"):
            made(openapi="info: {}\n")


def main():
    output = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(stream=output).run(suite)
    if not result.wasSuccessful() or result.testsRun == 0:
        sys.exit(output.getvalue())


main()
