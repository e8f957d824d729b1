"""The notebooks run from their folder, offline, through the front door alone."""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

import aim

# What each tells, in what it prints and draws; the pages say it in the same words.
TELLS = {
    "01_first_hotspots.ipynb": ("incidents_before", "aimMap"),
    "02_is_it_real.ipynb": (
        "19 hotspots",
        "very unlikely by chance",
        "could be chance",
        "cannot be told from snapped positions",
        "found_again",
        "aimMap",
    ),
    "03_did_it_work.ipynb": (
        "26 before, 12 after: -54%",
        "16 before, 10 after; p 0.25",
        "Amber Crescent, Fender Lane, Trawler Lane",
        "The place alone: -15 (-29 to -1)",
        "this could be chance",
        "aimMap",
    ),
}
NOTEBOOKS = tuple(TELLS)
STANDARD = {"pathlib"}


@pytest.fixture(params=NOTEBOOKS)
def path(request, checkout):
    return checkout / "notebooks" / request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_notebook_is_tested(checkout):
    assert sorted(path.name for path in (checkout / "notebooks").glob("*.ipynb")) == [*NOTEBOOKS]


def test_a_committed_notebook_holds_no_output(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_of(notebook))


def test_a_notebook_imports_only_the_front_door(notebook):
    tree = ast.parse("\n".join(cell.source for cell in code_of(notebook)))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.name for node in imports for alias in node.names if isinstance(node, ast.Import)}
    modules = {node.module for node in imports if isinstance(node, ast.ImportFrom)}
    assert names == {"aim"}
    assert modules <= STANDARD
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "aim"
    }
    assert used <= set(aim.__all__)


@pytest.mark.slow
def test_a_notebook_runs_and_tells_its_story(path, notebook):
    client = NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    outputs = [output for cell in code_of(notebook) for output in cell.outputs]
    shown = "".join(
        str(one.get("data", {}).get("text/html", "")) + one.get("text", "") for one in outputs
    )
    assert [words for words in TELLS[path.name] if words not in shown] == []
    assert not [one for one in outputs if one.get("name") == "stderr"]
