#!/usr/bin/python3
"""Tests of compatible.py: what breaks a client, and what does not. Prints nothing when all is well."""
import copy
import io
import sys
import unittest

import compatible

CONTRACT = {
    "info": {"x-problem-codes": [{"code": "busy", "status": 503}], "x-flaw-codes": [{"code": "enum"}]},
    "paths": {
        "/v1/a/{id}": {
            "post": {
                "operationId": "a_post",
                "x-tiers": ["nation", "agent"],
                "x-permission": "a_write",
                "security": [],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "q", "in": "query", "schema": {"type": "integer", "maximum": 9, "default": 1}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}},
                },
                "responses": {
                    "201": {
                        "headers": {"Location": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}},
                    },
                    "400": {"$ref": "#/components/responses/Problem"},
                },
            }
        }
    },
    "components": {
        "responses": {"Problem": {"content": {"application/problem+json": {"schema": {"type": "object"}}}}},
        "schemas": {
            "In": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind"],
                "properties": {
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "name": {"type": "string", "minLength": 1, "maxLength": 9},
                    "list": {"type": "array", "items": {"type": "integer"}},
                },
            },
            "Out": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "below": {"type": "array", "items": {"$ref": "#/components/schemas/Out"}},
                },
            },
        },
    },
}


class Changed(unittest.TestCase):
    def setUp(self):
        self.new = copy.deepcopy(CONTRACT)
        self.post = self.new["paths"]["/v1/a/{id}"]["post"]
        self.sent = self.new["components"]["schemas"]["In"]
        self.answered = self.new["components"]["schemas"]["Out"]

    def breaks(self, *lines):
        self.assertEqual(compatible.Comparison(CONTRACT, self.new).contracts(), list(lines))


class Operations(Changed):
    def test_same(self):
        self.breaks()

    def test_removed_or_renamed(self):
        self.post["operationId"] = "a_create"
        self.breaks("POST /v1/a/{id}: another operationId")
        self.new["paths"]["/v1/b/{id}"] = self.new["paths"].pop("/v1/a/{id}")
        self.breaks("POST /v1/a/{id}: removed")

    def test_who_may_call(self):
        self.post.update({"x-tiers": ["nation", "commune"], "x-permission": "b_write"})
        del self.post["security"]
        self.breaks(
            "POST /v1/a/{id}: another x-permission",
            "POST /v1/a/{id}: tier agent may no longer call",
            "POST /v1/a/{id}: needs signing in now",
        )

    def test_additions(self):
        self.new["paths"]["/v1/b"] = {"get": {}}
        self.post["parameters"].append({"name": "new", "in": "query", "schema": {"type": "string"}})
        self.post["responses"]["409"] = {"$ref": "#/components/responses/Problem"}
        self.new["info"]["x-problem-codes"].append({"code": "conflict", "status": 409})
        self.breaks()

    def test_name_of_a_path_parameter_is_free(self):
        self.post["parameters"][0]["name"] = "a"
        self.new["paths"]["/v1/a/{a}"] = self.new["paths"].pop("/v1/a/{id}")
        self.breaks()

    def test_problem_codes(self):
        self.new["info"]["x-problem-codes"][0]["status"] = 500
        self.new["info"]["x-flaw-codes"] = []
        self.breaks(
            "x-problem-codes busy: removed, or another status",
            "x-flaw-codes enum: removed, or another status",
        )


class Requests(Changed):
    def test_parameter_removed(self):
        del self.post["parameters"][1]
        self.breaks("POST /v1/a/{id} query q: removed")

    def test_parameter_narrowed(self):
        self.post["parameters"][1] = {
            "name": "q", "in": "query", "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 8, "default": 2},
        }
        self.breaks(
            "POST /v1/a/{id} query q: required now",
            "POST /v1/a/{id} query q: minimum 1",
            "POST /v1/a/{id} query q: maximum 8",
            "POST /v1/a/{id} query q: another default",
        )

    def test_new_required_parameter(self):
        self.post["parameters"].append(
            {"name": "Key", "in": "header", "required": True, "schema": {"type": "string"}}
        )
        self.breaks("POST /v1/a/{id} header Key: required now")

    def test_members(self):
        del self.sent["properties"]["list"]
        self.sent["properties"]["size"] = {"type": "integer"}
        self.sent["required"].append("size")
        self.breaks("In (request)/list: removed", "In (request)/size: required now")

    def test_narrowed(self):
        self.sent["properties"] = {
            "kind": {"const": "a"},
            "name": {"type": "string", "minLength": 2, "maxLength": 9, "pattern": "^x", "enum": ["xy"]},
            "list": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
        }
        self.breaks(
            "In (request)/kind: value b removed",
            "In (request)/name: another pattern",
            "In (request)/name: only certain values now",
            "In (request)/name: minLength 2",
            "In (request)/list: maxItems 5",
            "In (request)/list/-: another type",
        )

    def test_oneof_instead_of_one(self):
        self.sent["oneOf"] = [{}, {}]
        self.breaks("In (request): another oneOf")

    def test_widened(self):
        self.sent.update({"required": [], "additionalProperties": True})
        self.sent["properties"]["kind"] = {"type": ["string", "null"]}
        self.sent["properties"]["name"] = {"type": "string", "maxLength": 10}
        self.sent["properties"]["list"]["items"]["type"] = "number"
        self.breaks()


class Answers(Changed):
    def test_success_header_and_media_type_removed(self):
        self.post["responses"]["201"] = {"content": {"text/plain": {"schema": {}}}}
        self.breaks(
            "POST /v1/a/{id} 201 header Location: removed",
            "POST /v1/a/{id} 201 application/json: removed",
        )
        self.post["responses"] = {"200": {}}
        self.breaks("POST /v1/a/{id} 201: removed")

    def test_members(self):
        self.answered["required"] = []
        self.answered["properties"]["id"] = {"type": ["string", "null"]}
        del self.answered["properties"]["kind"]
        self.breaks(
            "Out (answer)/kind: removed",
            "Out (answer)/id: no longer certain",
            "Out (answer)/id: another type",
            "Out (answer)/id: another format",
        )

    def test_more_members_and_values_and_closer_limits(self):
        self.answered["required"].append("kind")
        self.answered["properties"]["more"] = {"type": "string"}
        self.answered["properties"]["kind"]["enum"].append("c")
        self.answered["properties"]["kind"]["maxLength"] = 1
        self.breaks()


def main():
    output = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(stream=output).run(suite)
    if not result.wasSuccessful() or result.testsRun == 0:
        sys.exit(output.getvalue())


main()
