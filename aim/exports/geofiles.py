"""Files for mapping programs: GeoPackage in metres, KML in degrees."""

import html
import tempfile
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from aim.exports.formats import placeless
from aim.exports.listing import Listing, Record, iso
from aim.exports.office import xml_text
from aim.model.crs import BRITISH_NATIONAL_GRID

_KML = "http://www.opengis.net/kml/2.2"


class GeoPackageExporter:
    """GeoPackage: the rows as one layer in British National Grid, and a table of notes."""

    suffix = ".gpkg"
    media_type = "application/geopackage+sqlite3"

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list.

        Raises
        ------
        ExportError
            The rows have no places.
        """
        shapes = listing.shapes(degrees=False)
        if shapes is None:
            raise placeless(listing, "GeoPackage")
        rows = pd.DataFrame(listing.records(lambda moment: moment), columns=listing.columns())
        layer = gpd.GeoDataFrame(rows, geometry=shapes, crs=BRITISH_NATIONAL_GRID)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list.gpkg"
            _write_layers(layer, listing, path)
            file.write(path.read_bytes())


def _write_layers(layer: gpd.GeoDataFrame, listing: Listing, path: Path) -> None:
    made = listing.stamp.made.isoformat() if listing.stamp.made else "2000-01-01"
    # Otherwise the time of writing goes into the file, and no two are alike.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{made}T00:00:00.000Z"})
    try:
        pyogrio.write_dataframe(
            layer,
            path,
            layer=listing.name,
            driver="GPKG",
            geometry_type="Unknown",
            layer_metadata={"HANDLING": listing.stamp_lines()[0]},
        )
        pyogrio.write_dataframe(_notes(listing), path, layer="notes", driver="GPKG", append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _notes(listing: Listing) -> pd.DataFrame:
    lines = [
        ("title", listing.title),
        *(("stamp", line) for line in listing.stamp_lines()),
        *((f"parameter {name}", str(value)) for name, value in listing.parameters.items()),
        *((f"fact {name}", str(value)) for name, value in listing.facts.items()),
        *(("warning", note) for note in listing.notes),
    ]
    return pd.DataFrame(lines, columns=["kind", "text"])


class KmlExporter:
    """KML for Google Earth and the like: WGS84 degrees, every column as extended data.

    Such programs show text as HTML, so text is escaped once more than XML asks.
    """

    suffix = ".kml"
    media_type = "application/vnd.google-earth.kml+xml"

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list.

        Raises
        ------
        ExportError
            The rows have no places.
        """
        shapes = listing.shapes(degrees=True)
        if shapes is None:
            raise placeless(listing, "KML")
        root = ET.Element("kml", xmlns=_KML)
        document = ET.SubElement(root, "Document")
        _say(document, "name", listing.title)
        told = [*listing.stamp_lines(), listing.parameters_line(), *listing.notes]
        _say(document, "description", "\n".join(filter(None, told)))
        document.append(_style())
        for shape, record in zip(shapes, listing.records(iso), strict=True):
            document.append(_placemark(shape, record))
        ET.indent(root, " ")
        file.write(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _say(parent: ET.Element, tag: str, text: object, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = xml_text(html.escape(str(text), quote=False))


def _style() -> ET.Element:
    style = ET.Element("Style", id="place")
    line = ET.SubElement(style, "LineStyle")
    _say(line, "color", "ff142594")
    _say(line, "width", "2")
    _say(ET.SubElement(style, "PolyStyle"), "color", "40142594")
    return style


def _placemark(shape: Any, record: Record) -> ET.Element:
    mark = ET.Element("Placemark")
    _say(mark, "name", _name(record))
    _say(mark, "styleUrl", "#place")
    extended = ET.SubElement(mark, "ExtendedData")
    for column, value in record.items():
        if value is not None:
            _say(ET.SubElement(extended, "Data", name=column), "value", value)
    if shape is not None:
        mark.append(_geometry(shape))
    return mark


def _name(record: Record) -> str:
    if "rank" in record:
        return f"{record['rank']}. {record.get('name') or ''}".strip()
    return str(record.get("incident_type") or record.get("incident_id") or "")


def _geometry(shape: Any) -> ET.Element:
    if hasattr(shape, "geoms"):
        several = ET.Element("MultiGeometry")
        several.extend(_geometry(part) for part in shape.geoms)
        return several
    if shape.geom_type == "Point":
        return _coordinates(ET.Element("Point"), shape)
    polygon = ET.Element("Polygon")
    for tag, ring in [
        ("outerBoundaryIs", shape.exterior),
        *(("innerBoundaryIs", ring) for ring in shape.interiors),
    ]:
        _coordinates(ET.SubElement(ET.SubElement(polygon, tag), "LinearRing"), ring)
    return polygon


def _coordinates(parent: ET.Element, shape: Any) -> ET.Element:
    corners = np.round(shapely.get_coordinates(shape), 6).tolist()
    _say(parent, "coordinates", " ".join(f"{lon},{lat}" for lon, lat in corners))
    return parent
