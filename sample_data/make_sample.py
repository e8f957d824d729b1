"""Make the sample borough: ``python sample_data/make_sample.py [--seed 2026] [--out DIR]``.

Writes ``sample_data/`` and ``layers/`` below DIR (by default the checkout this file lies in). The
same seed gives the same bytes. Everything is invented; README.md says what is planted.
"""

import argparse
import json
from pathlib import Path

from _maker.borough import build_borough
from _maker.events import tell_story
from _maker.layers import write_layers
from _maker.places import Gazetteer
from _maker.sheets import build_overlap, build_sheets, write_sheet
from _maker.truth import tell_truth

SEED = 2026


def make_sample(seed: int, out: Path) -> None:
    """Write the feeds, the layers and the truth of one seed.

    Parameters
    ----------
    seed
        Any whole number from 0; the committed sample is made with ``SEED``.
    out
        The folder that gets ``sample_data`` and ``layers``.
    """
    borough = build_borough(seed)
    gazetteer = Gazetteer(borough, seed)
    story = tell_story(seed, borough)
    sheets = build_sheets(gazetteer, story.events)
    overlap = build_overlap(gazetteer, story.events)
    folder = out / "sample_data"
    for sheet in (*sheets, overlap[0]):
        write_sheet(sheet, folder)
    truth = tell_truth(gazetteer, story, sheets, overlap)
    text = json.dumps(truth, separators=(",", ":"), ensure_ascii=False)
    (folder / "truth.json").write_bytes((text + "\n").encode("utf-8"))
    write_layers(gazetteer, out / "layers")


def main() -> None:
    """Read the command line and make the sample."""
    parser = argparse.ArgumentParser(description="Make the invented borough of Norbeck.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent)
    wanted = parser.parse_args()
    make_sample(wanted.seed, wanted.out)
    print(f"Norbeck, seed {wanted.seed}, is in {wanted.out}")


if __name__ == "__main__":
    main()
