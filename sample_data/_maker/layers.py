"""The layers of Norbeck: wards, streets, small areas, addresses, postcodes."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from _maker.borough import Ward
from _maker.places import Gazetteer, degrees_of, uprn_of
from _maker.words import BOROUGH

LAYERS = (
    "wards-2024.geojson",
    "wards-2026.geojson",
    "streets.geojson",
    "small-areas.geojson",
    "population.csv",
    "addresses.csv",
    "postcodes.csv",
)


def write_layers(gazetteer: Gazetteer, folder: Path) -> None:
    """Write every layer; the same borough gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    borough = gazetteer.borough
    layers = (
        _wards(borough.old_wards, "24"),
        _wards(borough.wards, "26"),
        _streets(gazetteer),
        _small_areas(gazetteer),
        _population(gazetteer),
        _addresses(gazetteer),
        _postcodes(gazetteer),
    )
    for name, text in zip(LAYERS, layers, strict=True):
        (folder / name).write_bytes(text.encode("utf-8"))


def _wards(wards: Iterable[Ward], year: str) -> str:
    return _geojson(
        f"norbeck-wards-20{year}",
        (
            {
                f"WD{year}CD": ward.code,
                f"WD{year}NM": ward.name,
                f"LAD{year}CD": "E06099001",
                f"LAD{year}NM": BOROUGH,
            }
            for ward in wards
        ),
        (ward.polygon for ward in wards),
    )


def _streets(gazetteer: Gazetteer) -> str:
    streets = gazetteer.borough.streets
    return _geojson(
        "norbeck-streets",
        (
            {"street_id": f"990{at:05d}", "name": street.name, "postcode": gazetteer.postcode(at)}
            for at, street in enumerate(streets)
        ),
        (shapely.LineString(street.nodes) for street in streets),
    )


def _small_areas(gazetteer: Gazetteer) -> str:
    areas = gazetteer.small_areas
    return _geojson(
        "norbeck-small-areas",
        ({"LSOA21CD": area.code, "LSOA21NM": area.name} for area in areas),
        (area.polygon for area in areas),
    )


def _geojson(
    name: str, properties: Iterable[dict[str, Any]], shapes: Iterable[shapely.Geometry]
) -> str:
    features = [
        {"type": "Feature", "properties": words, "geometry": _geometry(shape)}
        for words, shape in zip(properties, shapes, strict=True)
    ]
    head = json.dumps(
        {
            "type": "FeatureCollection",
            "name": name,
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        }
    )
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    return f'{head[:-1]}, "features": [\n{lines}\n]}}\n'


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    in_degrees = shapely.transform(shape, degrees_of)
    if isinstance(in_degrees, shapely.Polygon):
        in_degrees = shapely.geometry.polygon.orient(in_degrees)
    geometry: dict[str, Any] = shapely.geometry.mapping(in_degrees)
    return geometry


def _population(gazetteer: Gazetteer) -> str:
    wards = gazetteer.borough.wards
    return _csv(
        ("LSOA21CD", "LSOA21NM", "WD26CD", "population", "households"),
        (
            (area.code, area.name, wards[area.ward].code, area.population, area.households)
            for area in gazetteer.small_areas
        ),
    )


def _addresses(gazetteer: Gazetteer) -> str:
    borough = gazetteer.borough
    return _csv(
        ("uprn", "number", "street", "postcode", "class", "easting", "northing"),
        (
            (
                uprn_of(at),
                int(borough.address_number[at]),
                gazetteer.street(street),
                gazetteer.postcode(street),
                borough.address_class[at],
                f"{borough.address_xy[at, 0]:.0f}",
                f"{borough.address_xy[at, 1]:.0f}",
            )
            for at, street in enumerate(borough.address_street.tolist())
        ),
    )


def _postcodes(gazetteer: Gazetteer) -> str:
    borough = gazetteer.borough
    streets = np.unique(borough.address_street)
    centres = np.array(
        [borough.address_xy[borough.address_street == street].mean(axis=0) for street in streets]
    ).round(0)
    old, new = borough.ward_of(centres, old=True), borough.ward_of(centres)
    return _csv(
        ("postcode", "easting", "northing", "WD24CD", "WD26CD"),
        sorted(
            (
                gazetteer.postcode(int(street)),
                f"{centre[0]:.0f}",
                f"{centre[1]:.0f}",
                borough.old_wards[before].code,
                borough.wards[after].code,
            )
            for street, centre, before, after in zip(streets, centres, old, new, strict=True)
        ),
    )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
