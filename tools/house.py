#!/usr/bin/python3
"""The rules of the house that no compiler knows. Prints file:line: message, ends with 1 if any."""
import os
import re
import sys

# Files that may own memory by themselves; everybody else takes it from the request's arena.
MAY_ALLOCATE = {
    "middleware/allocator.c",
    "middleware/arena.c",
    "middleware/contract.c",
    "middleware/express.c",
    "middleware/pool.c",
    "middleware/rate.c",
    "middleware/route.c",
    "middleware/schema.c",
    "middleware/visitor.c",
    "api/keys.c",
    "api/main.c",
    "api/report/job_worker.c",
    "api/report/sheet.c",
    "api/server.c",
    "api/worker.c",
}
# Files that may send SQL text as it is, for start-up and migrations; all others use statements.
MAY_EXEC = {"api/main.c", "api/worker.c", "api/migrate.c", "api/demo.c", "api/recount.c"}

FUNCTION_WANTED, FUNCTION_MOST = 40, 60
DEPTH_MOST = 4
FILE_MOST = {".c": 400, ".h": 120}

BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|strncpy)\s*\(")
ALLOCATING = re.compile(r"(?<!\.)(?<!->)\b(malloc|calloc|realloc|free|strdup|strndup)\s*\(")
EXEC = re.compile(r"\bPQexec\s*\(")
SLEEPING = re.compile(r"\b(sleep|usleep)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
GENERATED = {"statements.h", "embedded.h"}
LOOSE_NAME = re.compile(r"(util|common|helper|manager|misc)")
# Spelled so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(host))
        for host in (
            ("deb", "debian", "org"),
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("crates", "io"),
            ("proxy", "golang", "org"),
            ("maven", "org"),
            ("maven", "apache", "org"),
            ("rubygems", "org"),
        )
    )
)

SKIPPED_FOLDERS = {".git", "build", "var", "__pycache__", "node_modules"}
TEXT = (".c", ".h", ".S", ".sql", ".yaml", ".py", ".sh", ".txt", ".js", ".html", ".md", ".json")
UNTABBED = (".c", ".h", ".sql", ".yaml", ".py", ".sh")

problems = []


def report(path, line, message):
    problems.append(f"{path}:{line}: {message}")


def files():
    """All files of the project, as paths from its root."""
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), ".")


def blank(match):
    """Spaces for a comment or literal, so that lines and columns stay."""
    return re.sub(r"[^\n]", " ", match[0])


def code_of(text):
    """C without comments, literals and preprocessor lines: what is left is code, line by line."""
    literal = r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
    text = re.sub(literal, blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def opens_block(code, at):
    """True if the brace at this place opens a block, not an initialiser."""
    before = code[:at].rstrip()
    if before.endswith((";", "{", "}", ":")) or re.search(r"\b(else|do)$", before):
        return not before.endswith("{") or opens_block(code, len(before) - 1)
    if not before.endswith(")"):
        return False
    depth, i = 0, len(before)
    while i > 0:  # back to the parenthesis that this one closes
        i -= 1
        depth += {")": 1, "(": -1}.get(before[i], 0)
        if depth == 0:
            break
    word = re.search(r"(\w+)\s*$", before[:i])  # if, for, a loop macro; none: a compound literal
    return bool(word) and word[1] not in ("return", "sizeof")


def check_functions(path, code):
    """Length and nesting of the functions; returns how many there are and how many are long."""
    count = long = 0
    stack = []  # for each open brace: is it a block?
    start = deepest = 0
    for match in re.finditer(r"[{}]", code):
        line = code.count("\n", 0, match.start()) + 1
        if match[0] == "{":
            inside = bool(stack) and stack[0]
            is_block = opens_block(code, match.start()) and (inside or not stack)
            if not stack:
                start, deepest = line, 0
            stack.append(is_block)
            depth = sum(stack)
            if is_block and depth > max(DEPTH_MOST, deepest):
                report(path, line, f"nested {depth} deep, at most {DEPTH_MOST}")
            deepest = max(deepest, depth)
            continue
        if not stack:
            return count, long  # unbalanced: the compiler says so better
        is_block = stack.pop()
        if stack or not is_block:
            continue
        length = line - start + 1
        count += 1
        long += length > FUNCTION_WANTED
        if length > FUNCTION_MOST:
            report(path, start, f"function of {length} lines, at most {FUNCTION_MOST}")
    return count, long


def check_include(path, line, included):
    room = path.split("/")[0]
    if room not in ("api", "middleware"):
        return
    if not included.startswith(("api/", "middleware/")) and included not in GENERATED:
        report(path, line, f'include "{included}" by its path from the root')
    if room == "middleware" and included.startswith("api/"):
        report(path, line, f'middleware must not know "{included}"')
    own, other = os.path.dirname(path), os.path.dirname(included)
    is_area, other_is_area = own.count("/") > 0, other.startswith("api/")
    if is_area and other_is_area and own != other and not included.endswith("_rules.h"):
        report(path, line, f'another area only through its *_rules.h, not "{included}"')


def forbid(pattern, path, code, why):
    for match in pattern.finditer(code):
        report(path, code.count("\n", 0, match.start()) + 1, f"{match[0].rstrip('( ')}: {why}")


def check_c(path, text):
    code = code_of(text)
    for line, content in enumerate(text.split("\n"), 1):
        match = INCLUDE.match(content)
        if match:
            check_include(path, line, match[1])
    if path.startswith("tests/"):
        forbid(SLEEPING, path, code, "wait for what is to happen, not for a time")
        check_functions(path, code)
        return 0, 0
    forbid(BANNED, path, code, "banned")
    if path not in MAY_ALLOCATE:
        forbid(ALLOCATING, path, code, "memory comes from the arena (MAY_ALLOCATE in tools/house.py)")
    if path not in MAY_EXEC:
        forbid(EXEC, path, code, "only named statements (MAY_EXEC in tools/house.py)")
    lines, most = text.count("\n"), FILE_MOST[os.path.splitext(path)[1]]
    if lines > most:
        report(path, most + 1, f"file of {lines} lines, at most {most}")
    return check_functions(path, code)


def check_text(path, text):
    is_source = path.endswith(UNTABBED)
    for line, content in enumerate(text.split("\n"), 1):
        match = UNFINISHED.search(content)
        if match and is_source:
            report(path, line, f"{match[0]}: do it, or file an issue")
        match = REGISTRIES.search(content)
        if match and not path.startswith("migrations/"):
            report(path, line, f"names the package registry {match[0]}")
        if is_source and "\t" in content:
            report(path, line, "tab")
        if is_source and content != content.rstrip():
            report(path, line, "blanks at the end")


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    functions = long = 0
    for path in files():
        if LOOSE_NAME.match(os.path.basename(path)):
            report(path, 1, "a name that says nothing; name the file after its noun")
        if not path.endswith(TEXT) and "." in os.path.basename(path).lstrip("."):
            continue  # data and pictures; Makefile and the like go on
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        check_text(path, text)
        if path.startswith(("api/", "middleware/", "tests/")) and path.endswith((".c", ".h")):
            more, more_long = check_c(path, text)
            functions, long = functions + more, long + more_long
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"house: {functions} functions, {long} longer than {FUNCTION_WANTED} lines, "
          f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
