"""Rules of the house that no linter knows, each read from the source itself."""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "aim").rglob("*"))
SHIPPED_PYTHON = [path for path in SHIPPED if path.suffix == ".py"]
PYTHON = [
    *SHIPPED_PYTHON,
    *(
        path
        for folder in ("tests", "benchmarks", "sample_data", "docs")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ),
]
TEXTS = [
    path
    for path in (
        *SHIPPED,
        *(ROOT / "docs").rglob("*"),
        *(ROOT / "notebooks").rglob("*.ipynb"),
        *(ROOT / "layers").rglob("*.md"),
        *(ROOT / "sample_data").rglob("*.py"),
        *(ROOT / "sample_data").rglob("*.md"),
        *(ROOT / "benchmarks").rglob("*.py"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
        *(ROOT / name for name in ("Makefile", "pyproject.toml", "constraints.txt")),
    )
    if path.suffix
    in {".py", ".md", ".toml", ".txt", ".html", ".js", ".css", ".ipynb", ".jinja", ""}
    and path.is_file()
]

# Calls that Windows does not have; os.getuid alone has kept programs off half of all desks.
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = {
    "os": {
        *("chown", "chroot", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid"),
        *("getgroups", "getloadavg", "getpgid", "getppgid", "getsid", "getuid", "initgroups"),
        *("killpg", "lchown", "mkfifo", "mknod", "nice", "openpty", "pread", "pwrite", "setgid"),
        *("setpgid", "setsid", "setuid", "sched_getaffinity", "statvfs", "sync", "sysconf"),
        *("uname", "wait", "wait3", "wait4", "WNOHANG"),
    },
    "signal": {
        *("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGUSR1"),
        *("SIGUSR2", "alarm", "pause", "pthread_kill", "setitimer", "sigwait"),
    },
    "asyncio": {"add_signal_handler"},
    "time": {"tzset"},
}

# Hosts that may be named in shipped files: namespaces and licences, which no page ever fetches,
# examples, and this computer.
NAMED_HOSTS = {
    *("www.w3.org", "geojson.org", "www.opengis.net", "schemas.opengis.net", "json-schema.org"),
    *(
        "www.nationalarchives.gov.uk",
        "data.police.uk",
        "www.rfc-editor.org",
        "datatracker.ietf.org",
    ),
    *("127.0.0.1", "localhost", "example.org", "doi.org"),
}
ADDRESS = re.compile(r"""(?:https?:|(?<=["'(=]))//[\w.-]+\.[a-z]{2,}[^\s"'<>)]*""", re.IGNORECASE)
SUPPRESSION = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover|nosec)(.*)", re.IGNORECASE)
GOOD_SUPPRESSION = re.compile(
    r"#\s*(?:"
    r"type: ignore\[[a-z, -]+\]\s+# \S.{3,}"
    r"|noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)* - \S.{3,}"
    r"|pragma: no cover - \S.{3,}"
    r")"
)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def comments_of(path: Path) -> list[tuple[int, str]]:
    with path.open("rb") as file:
        return [
            (token.start[0], token.string)
            for token in tokenize.tokenize(file.readline)
            if token.type == tokenize.COMMENT
        ]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(read(path))


def faults_of_suppressions(path: Path) -> list[str]:
    return [
        f"{short(path)}:{line}: {comment}"
        for line, comment in comments_of(path)
        if SUPPRESSION.search(comment) and not GOOD_SUPPRESSION.search(comment)
    ]


def posix_names_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names if one.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in POSIX_MODULES:
                yield node.lineno, node.module
            names = POSIX_NAMES.get(node.module, set())
            yield from (
                (node.lineno, f"{node.module}.{one.name}")
                for one in node.names
                if one.name in names
            )
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in POSIX_NAMES.get(node.value.id, set())
        ):
            yield node.lineno, f"{node.value.id}.{node.attr}"


def foreign_hosts_of(text: str) -> set[str]:
    hosts = {urlsplit(found).hostname or "" for found in ADDRESS.findall(text)}
    return {host for host in hosts if host not in NAMED_HOSTS and not host.endswith(".example.org")}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_suppression_has_a_code_and_a_reason():
    assert not [fault for path in PYTHON for fault in faults_of_suppressions(path)]


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "# noqa: F401", "# type: ignore", "# type: ignore[misc]", "# pragma: no cover"],
)
def test_a_bare_suppression_would_be_seen(comment):
    assert SUPPRESSION.search(comment)
    assert not GOOD_SUPPRESSION.search(comment)


def test_no_call_is_made_that_windows_lacks():
    found = [
        f"{short(path)}:{line} {name}"
        for path in SHIPPED_PYTHON
        for line, name in posix_names_of(tree_of(path))
    ]
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        "import fcntl",
        "from os import fork",
        "import os\nos.getuid()",
        "import signal\nsignal.SIGKILL",
    ],
)
def test_a_posix_call_would_be_seen(code):
    assert list(posix_names_of(ast.parse(code)))


def test_every_text_file_is_opened_with_its_encoding():
    bare = [
        f"{short(path)}:{node.lineno}"
        for path in SHIPPED_PYTHON
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"read_text", "write_text"}
        and not any(keyword.arg == "encoding" for keyword in node.keywords)
    ]
    assert not bare


def test_no_shipped_file_names_a_foreign_host():
    pages = [path for path in SHIPPED if path.suffix in {".py", ".html", ".js", ".css", ".svg"}]
    assert not {short(path): hosts for path in pages if (hosts := foreign_hosts_of(read(path)))}


def test_a_script_host_would_be_seen():
    assert foreign_hosts_of('<script src="//cdn.example.com/leaflet.js">') == {"cdn.example.com"}


def test_nothing_tells_of_the_machine_it_was_written_on():
    homes = re.compile(r"(?:^|[\s\"'`(=])(?:/(?:home|root|Users)/|[A-Z]:\\Users\\)\w")
    registries = re.compile(r"--(?:extra-)?index-url\s*[= ]\s*\S|find-links\s*=")
    texts = {short(path): read(path) for path in TEXTS}
    assert not [name for name, text in texts.items() if homes.search(text)]
    assert not [name for name, text in texts.items() if registries.search(text)]


def test_no_work_is_left_behind_as_a_note():
    notes = [
        f"{short(path)}:{line}"
        for path in PYTHON
        for line, comment in comments_of(path)
        if re.match(r"#\s*(TODO|FIXME|XXX|HACK)", comment)
    ]
    assert not notes


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{short(path)}:{node.lineno} {node.name} has {length} lines"
        for path in SHIPPED_PYTHON
        if path.parent.name != "versions"  # a migration is a list of tables
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_lines(node)) > SCREEN
    ]
    assert not long


SCREEN = 50


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function after its docstring."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or node.lineno) - first.lineno + 1


def test_the_gates_of_the_makefile_are_all_run_before_a_change_goes_in():
    steps = read(ROOT / ".ci" / "run")
    made = {
        word
        for line in re.findall(r"^step make (.*)$", steps, re.MULTILINE)
        for word in line.split()
    }
    assert {"lint", "types", "rooms", "docs", "slow", "mutation", "test"} <= made
    assert "--cov-fail-under=90" in steps
