"""What Schemathesis cannot know from the contract: likely values, and rules that no schema can say."""
import csv
import datetime
import io
import itertools
import json
import re
import unicodedata

import schemathesis
from hypothesis import strategies
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import ObjectLevelAuthorizationViolation, RejectedPositiveData

# --- Values that get further than the first refusal ----------------------------------------------

numbers = itertools.count(1)
today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()
days = strategies.one_of(
    strategies.dates(today - datetime.timedelta(days=25), today),  # what a collector may report today
    strategies.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)),
).map(str)
# A person's day of birth, as far as it is known: a day, a month or a year.
partial_days = strategies.tuples(days, strategies.sampled_from((4, 7, 10))).map(lambda t: t[0][: t[1]])
schemathesis.openapi.format("date", days)
schemathesis.openapi.format("month", days.map(lambda day: day[:7]))
schemathesis.openapi.format("partial-date", partial_days)

# Of the demo: offices, communes and hamlets; collection organisations; collectors.
UNITS = (900001, 900101, 900002, 900102, 123173, 900103)
AGENCIES = ("01900000-0000-7000-8000-0000000000a1", "01900000-0000-7000-8000-0000000000a2")
COLLECTORS = ("01900000-0000-7000-8000-0000000000c1", "01900000-0000-7000-8000-0000000000c2")


@schemathesis.serializer("text/csv")
def as_table(context, value):
    """Rows as the contract declares them, or whatever else was generated, as it is."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return json.dumps(value).encode()
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in value for name in row))
    table = csv.DictWriter(text, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(value)
    return text.getvalue().encode(errors="replace")


def plain(value):
    """The same without control characters and noncharacters, which no schema can exclude.

    And without 5.0 for 5. Finding "integer-as-real": JSON Schema takes that for an integer, the server
    refuses it (`type`). When the server takes it too, the two lines about float go.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return "".join("x" if unicodedata.category(c) in ("Cc", "Cn", "Cs") else c for c in value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def name_real_ones(body, number):
    for at, part in enumerate(body["parts"], number):
        for name, real in (("unit_id", UNITS), ("agency_id", AGENCIES), ("collector_id", COLLECTORS)):
            if name in part:
                part[name] = real[at % len(real)]


@schemathesis.hook
def before_call(context, case, kwargs):
    number = next(numbers)
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[\x21-\x7e]{8,255}", key):
        # A key sent twice is a repeat or an error, and the generator loves certain keys.
        case.headers["Idempotency-Key"] = f"{key[:240]}-{number}"
    if not case.meta or not case.meta.generation.mode.is_positive:
        return
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"  # only the server can make a tag
    if "If-None-Match" in (case.headers or {}):
        case.headers["If-None-Match"] = '"0-none"'
    case.body = plain(case.body)
    case.query = plain(case.query)
    (case.query or {}).pop("cursor", None)  # only the server can make one
    operation_id = case.operation.definition.raw["operationId"]
    if operation_id == "unit_create":
        case.body["name"] = f"{case.body['name'][:90]} {number}"
    if operation_id == "assignment_split":
        name_real_ones(case.body, number)


# --- What is no failure --------------------------------------------------------------------------

# What the law does not permit, or what is not known of it for a day.
LAW = ("rule_broken", "rule_missing", "rate_missing")

BEYOND_SCHEMA = (
    [("q", "pattern")],  # names are sought by letters and digits, of whatever alphabet
    [("q", "required")],  # of person_search: either `q` or `household`
    [("q", "either")],
    [("at", "either")],  # of rate_list: a day, or all of them
    [("kind", "required")],  # of rate_list, where `history` is given
    [("purpose", "required")],  # of person_get, where `reveal` is given
    [("indicator", "required")],  # of division_list: both or none
    [("period", "required")],
    [("overdue", "either")],  # of dossier_list, beside `state=decided`
    [("agency_id", "either")],  # of remuneration_get, beside `collector_id`
    [("unit", "required")],  # of figures, where `kind` or `indicator` is given
)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """False drops a failure: the operation's description says what its schemas cannot."""
    operation_id = case.operation.definition.raw["operationId"]
    if response.status_code == 428:
        return False  # If-Match is missing, which has a status of its own
    if isinstance(failure, ObjectLevelAuthorizationViolation):
        return not operation_id.startswith("unit_")  # units are reference data, everybody sees all of them
    if isinstance(failure, AcceptedNegativeData) and operation_id.endswith("_import"):
        return response.json()["rejected"] == 0  # a row that does not fit is told by its verdict
    if isinstance(failure, AcceptedNegativeData) and operation_id == "import_create":
        return False  # and of a job, later
    if not isinstance(failure, RejectedPositiveData):
        return True
    problem = response.json()
    flaws = [(flaw.get("parameter"), flaw["code"]) for flaw in problem.get("errors", [])]
    if operation_id == "import_create":  # columns of the other kind of rows
        return any(code not in ("unknown", "required", "too_many") for _, code in flaws)
    if operation_id == "export_create" and "/filters/" in problem["errors"][0].get("pointer", ""):
        return False  # the list's own parameters
    return problem["code"] not in LAW and flaws not in BEYOND_SCHEMA
