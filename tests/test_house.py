"""The rules of the house that a machine can keep: sizes, opening sentences, nothing left behind."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.sources import CODE, PRODUCT, ROOT, name_of, parsed, text_of

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
MAY_BE_LONGER: dict[str, str] = {}
"""`path` or `path:function` of what is longer on purpose, with the reason."""

TEXTS = sorted(
    path
    for top in ("bot", "cogs", "tests", ".ci", ".github")
    for path in (ROOT / top).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".png", ".jpg", ".webp", ".gif"}
) + [
    path
    for name in ("README.md", "CHANGELOG.md", "Dockerfile", ".dockerignore", ".env.example", "pyproject.toml")
    if (path := ROOT / name).is_file()
]

# Written as classes, so that this file does not hold what it looks for.
OUTSIDE = re.compile(r"[.]{2}/share[d]")
MACHINE = re.compile("|".join((re.escape(f"{ROOT.parent}/"), r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/")))
LEFT_BEHIND = re.compile(r"\b(?:TOD[O]|FIXM[E])\b")
NOT_THERE = re.compile(r"raise NotImplemented[E]rror")


def offenders(paths: list[Path], breaks: Callable[[Path], bool]) -> list[str]:
    """The names of the files that break a rule."""
    return [name_of(path) for path in paths if breaks(path)]


def test_opening_sentence() -> None:
    """Each module opens with a sentence that says what it is for."""

    def has_none(path: Path) -> bool:
        first = (ast.get_docstring(parsed(path)) or "").split("\n\n")[0]
        return not re.match(r"[A-Z`«].{15,}[.:]$", first, re.DOTALL)

    assert offenders(CODE, has_none) == [], "say in one sentence what each of these modules is for"


def test_sizes() -> None:
    """A file stays below 300 lines and a function below 60, so that each can be read in one go."""
    long = [
        f"{name_of(path)}:{node.name}"
        for path in PRODUCT
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    long += offenders(PRODUCT, lambda path: text_of(path).count("\n") > LONGEST_FILE)

    assert [name for name in long if name not in MAY_BE_LONGER] == [], "split them, or say in MAY_BE_LONGER why not"


def test_exceptions_are_needed() -> None:
    """What may be longer exists; a reason that is not needed any more goes."""
    assert all((ROOT / name.partition(":")[0]).is_file() for name in MAY_BE_LONGER)


def test_stands_alone() -> None:
    """The project makes sense to a stranger: no file refers to what lies outside it or to a path of one machine."""
    assert set(offenders(TEXTS, lambda path: bool(OUTSIDE.search(text_of(path))))) <= {".ci/run"}
    assert offenders(TEXTS, lambda path: bool(MACHINE.search(text_of(path)))) == []


def test_nothing_left_behind() -> None:
    """What is begun is finished: no note to come back, no method that is not there."""
    assert offenders(CODE, lambda path: bool(LEFT_BEHIND.search(text_of(path)))) == []
    assert offenders(PRODUCT, lambda path: bool(NOT_THERE.search(text_of(path)))) == []


def test_each_decision_has_a_number_of_its_own() -> None:
    """A page is cited by its number, which stands in its name and in its title."""
    pages = sorted((ROOT / "bot/decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]

    assert len(set(numbers)) == len(numbers)
    assert [page.name for page in pages if not page.read_text().startswith(f"# {page.name[:4]}: ")] == []


NAMED_TWICE = {
    "Connection": "the way to Discord's gateway, and a transaction of the database",
    "Row": "what the database's Protocol and PostgreSQL's answer to it both are",
    "Cursor": "as Row",
    "Prediction": "the provider's word, at its end (demo), on the wire, and in a job",
    "Ticket": "the provider's word, at its end and on the wire",
}
"""Classes of the product that share a name, and why that misleads nobody: they are one thing seen from two sides."""


FAKE_DISCORD = ROOT / "tests/wire/discord_fake"
"""A program of its own, in Discord's words."""


def classes(paths: Iterable[Path]) -> Counter[str]:
    """How often each class stands at the top of one of these files; a group of test cases is none."""
    return Counter(
        node.name
        for path in paths
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith(("_", "Test"))
    )


def test_a_name_means_one_thing() -> None:
    """Whoever looks for a class finds one, so that nobody reads of another with the same name."""
    twice = {name for name, times in classes(PRODUCT).items() if times > 1}

    assert twice == set(NAMED_TWICE), "name the newer one otherwise, or say in NAMED_TWICE why that misleads nobody"


def test_a_name_means_one_thing_in_tests() -> None:
    """A test's class is no other test's, and none of the product's: a fake says in its name that it is one."""
    ours = classes(PRODUCT)
    tests = classes(path for path in CODE if path not in PRODUCT and FAKE_DISCORD not in path.parents)

    twice = [name for name, times in tests.items() if times > 1 or name in ours]
    assert twice == [], "name the test's class otherwise; a fake of `Meter` is called `FakeMeter`"


GUIDE = ROOT / ".github/CONTRIBUTING.md"


def in_quotes(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def paths_in(text: str) -> list[str]:
    return [each for each in in_quotes(text) if re.fullmatch(r"(?:bot|cogs|tests|[.]\w+)/[\w./-]*", each)]


def exists(path: str) -> bool:
    """Whether there is such a file or folder; a decision page is cited by its number."""
    return (ROOT / path).exists() or bool(re.search(r"/\d{4}$", path) and list(ROOT.glob(f"{path}-*.md")))


def holds(path: str, name: str) -> bool:
    """Whether a file, or one in a folder, has a name in it."""
    place = ROOT / path
    files = [place] if place.is_file() else [each for each in place.rglob("*") if each.suffix in {".py", ".sql"}]
    return any(re.search(rf"\b{name}\b", text_of(each)) for each in files)


def test_the_guide_names_what_exists() -> None:
    """Whoever adds something finds each file, and each module that can be run, where the guide says."""
    guide = text_of(GUIDE)
    modules = [f"{each.replace('.', '/')}.py" for each in re.findall(r"python -m ([\w.]+)", guide)]
    links = [f".github/{each}" for each in re.findall(r"\]\(([\w./-]+)\)", guide)]

    assert len(paths_in(guide)) > 30
    assert [each for each in (*paths_in(guide), *modules, *links) if not exists(each)] == []


def test_the_guide_names_what_its_files_hold() -> None:
    """What a row calls by name stands in one of the files that the row leads to."""
    rows = [line.split("|")[1:3] for line in text_of(GUIDE).splitlines() if line.startswith("| a")]
    lost = [
        f"{what.strip()}: {name}"
        for what, where in rows
        for name in in_quotes(where)
        if re.fullmatch(r"[A-Z][A-Za-z_]+", name) and not any(holds(path, name) for path in paths_in(where))
    ]

    assert len(rows) > 10
    assert lost == []


def test_the_guide_names_every_benchmark() -> None:
    """None is forgotten because nobody knows of it."""
    known = re.findall(r"tests[.]bench[.](bench_\w+)", text_of(GUIDE))

    assert sorted(known) == sorted(path.stem for path in (ROOT / "tests/bench").glob("bench_*.py"))


CATCHES_ALL = re.compile(r"\bexcept\s*:|Exception")
"""Stands in every module that might; others need no closer look."""


def test_no_error_is_swallowed() -> None:
    """Nothing catches every error and says nothing."""
    swallowed = [
        f"{name_of(path)}:{node.lineno}"
        for path in CODE
        if CATCHES_ALL.search(text_of(path))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]

    assert swallowed == []
