import json
import subprocess
import sys

import pytest

import aim


@pytest.fixture(scope="session")
def truth(checkout):
    """What was planted in the committed sample."""
    return json.loads((checkout / "sample_data" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def make_sample(checkout, tmp_path_factory):
    """A function that makes the sample of a seed in a folder of its own."""

    def make(seed):
        folder = tmp_path_factory.mktemp(f"seed-{seed}")
        script = checkout / "sample_data" / "make_sample.py"
        command = [sys.executable, str(script), "--seed", str(seed), "--out", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        return folder

    return make


@pytest.fixture(scope="session")
def deliveries(checkout, truth):
    """Every file of the committed sample, read by its feed."""
    folder = checkout / "sample_data"
    return {
        file: aim.read_feed(facts["feed"], folder / file) for file, facts in truth["files"].items()
    }


@pytest.fixture(scope="session")
def told(deliveries):
    """A function that gives the incident of a row of a file."""

    def find(file, row):
        return deliveries[file].incidents.loc[row]

    return find
