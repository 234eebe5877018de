#!/usr/bin/python3
"""A second opinion on access tokens, by PyJWT and the rules below; nothing here comes from the service.

    verify.py FILE

FILE begins with lines "now TAB seconds" and "key TAB kid TAB hex"; each further line is what the
service said, TAB, the token in base64. It said "bad", "old", or "good" and the caller. Prints where
this program says something else, and at last one line of counts; ends with 1 if there was any.

The rules. A token is bad unless all of them hold, and then it is old once it has ended.

 1. At most 4,096 bytes: three segments, none empty, with a dot between them.
 2. Each segment is base64url (RFC 4648, 5) without padding, blanks or bits after the end: exactly what
    encoding its bytes gives. The third holds 32 bytes.
 3. The first two hold one JSON object each (RFC 8259) in UTF-8 without byte order mark. It is flat, no
    name occurs twice, no text holds U+0000 or half a surrogate pair, integers fit 64 bits with sign,
    and other numbers are finite as doubles.
 4. The header has exactly alg, kid and typ: "HS256", the name of a key, "JWT".
 5. The signature is that key's (RFC 7515, HMAC with SHA-256), over the segments as they came.
 6. iss is "ansinh" and aud is "ansinh-api", each a single text.
 7. sub and sid are UUIDs, 36 letters in lower case; gen is an integer; slice and duty are in the lists
    below. Claims that nobody asked for are ignored.
 8. iat and exp are integers, and nbf if there is one. iat and nbf are at most 60 seconds after now, and
    exp is at most 900 seconds after iat. The token has ended when exp is not after now.
"""
import base64
import json
import math
import re
import sys

import jwt

SLICES = ("nation", "province", "district", "commune", "agency", "collector")
DUTIES = ("manager", "officer", "viewer")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SEGMENT = re.compile(rb"[A-Za-z0-9_-]+")
MOST_BYTES, SKEW, LIFE = 4096, 60, 900
EXAMPLES = 10


class Bad(Exception):
    """Why a token is bad."""


def rule(holds, why):
    if not holds:
        raise Bad(why)


def segment_bytes(segment):
    rule(SEGMENT.fullmatch(segment) and len(segment) % 4 != 1, "not base64url")
    decoded = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    rule(base64.urlsafe_b64encode(decoded).rstrip(b"=") == segment, "bits after the end")
    return decoded


def integer(text):
    rule(len(text) <= 20 and -2**63 <= int(text) < 2**63, "integer too large")
    return int(text)


def fraction(text):
    rule(math.isfinite(float(text)), "number too large")
    return float(text)


def constant(text):
    raise Bad(f"{text} is no JSON")


def flat_object(pairs):
    members = dict(pairs)
    rule(len(members) == len(pairs), "a name occurs twice")
    for name, value in pairs:
        rule(not isinstance(value, (dict, list)), "not flat")
        for text in (name, value):
            if isinstance(text, str):
                rule("\0" not in text, "U+0000 in a text")
                rule(not any("\ud800" <= letter <= "\udfff" for letter in text), "half a surrogate")
    return members


JSON = json.JSONDecoder(object_pairs_hook=flat_object, parse_int=integer, parse_float=fraction,
                        parse_constant=constant)


def object_of(text):
    try:
        members = JSON.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Bad("no JSON in UTF-8") from error
    rule(isinstance(members, dict), "no object")
    return members


def check_signature(token, key):
    """PyJWT's part. Its clock is the real one, so the times are left to check_times."""
    try:
        jwt.decode(token, key, algorithms=["HS256"], audience="ansinh-api", issuer="ansinh",
                   options={"verify_exp": False, "verify_iat": False, "verify_nbf": False})
    except jwt.InvalidTokenError as error:
        raise Bad(str(error)) from error


def check_times(claims, now):
    """True while the token counts."""
    begins = [claims.get("iat"), *(claims[name] for name in ("nbf",) if name in claims)]
    ends = claims.get("exp")
    rule(all(type(time) is int for time in begins + [ends]), "a time is no integer")
    rule(all(time <= now + SKEW for time in begins), "not yet")
    rule(ends <= begins[0] + LIFE, "lives too long")
    return ends > now


def judge(token, keys, now):
    """"old", or "good" and the caller; else raises Bad."""
    segments = token.split(b".")
    rule(len(token) <= MOST_BYTES and len(segments) == 3, "size or segments")
    header, claims, signature = (segment_bytes(segment) for segment in segments)
    rule(len(signature) == 32, "size of the signature")
    header, claims = object_of(header), object_of(claims)
    rule(header.keys() == {"alg", "kid", "typ"}, "members of the header")
    rule(header["alg"] == "HS256" and header["typ"] == "JWT", "alg or typ")
    rule(isinstance(header["kid"], str) and header["kid"] in keys, "kid")
    check_signature(token, keys[header["kid"]])
    rule(claims["aud"] == "ansinh-api" and claims["iss"] == "ansinh", "aud or iss")
    for name in ("sub", "sid"):
        value = claims.get(name)
        rule(isinstance(value, str) and UUID.fullmatch(value), name)
    rule(type(claims.get("gen")) is int, "gen")
    rule(claims.get("slice") in SLICES and claims.get("duty") in DUTIES, "slice or duty")
    if not check_times(claims, now):
        return "old"
    return "good {sub} {sid} {gen} {slice} {duty}".format_map(claims)


def main():
    keys, now, seen = {}, 0, set()
    counts = {"good": 0, "old": 0, "bad": 0}
    disagreements = 0
    with open(sys.argv[1], encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            said, *rest = line.rstrip("\n").split("\t")
            if said == "now":
                now = int(rest[0])
                continue
            if said == "key":
                keys[rest[0]] = bytes.fromhex(rest[1])
                continue
            token = base64.b64decode(rest[0], validate=True)
            why = ""
            try:
                own = judge(token, keys, now)
            except Bad as bad:
                own, why = "bad", str(bad)
            seen.add(token)
            counts[own.split()[0]] += 1
            if own != said:
                disagreements += 1
                if disagreements <= EXAMPLES:
                    print(f"{sys.argv[1]}:{number}: said {said!r}, should be {own!r} {why}: {token!r}")
    print(f"tokens {sum(counts.values())} distinct {len(seen)} good {counts['good']} "
          f"old {counts['old']} bad {counts['bad']} disagreements {disagreements}")
    sys.exit(1 if disagreements else 0)


main()
