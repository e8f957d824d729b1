"""The notebooks run from their folder, offline, through the front door alone."""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

import aim

NOTEBOOKS = ("01_first_hotspots.ipynb",)
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
def test_a_notebook_runs_and_draws_hotspots(path, notebook):
    client = NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    shown = "".join(
        str(output.get("data", {}).get("text/html", ""))
        for cell in code_of(notebook)
        for output in cell.outputs
    )
    assert "incidents_before" in shown
    assert "aimMap" in shown
