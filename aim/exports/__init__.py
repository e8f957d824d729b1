"""The loading bay: lists leave as csv, json, geojson, xlsx, gpkg and kml, papers and packs."""

from aim.exports.cells import escape_cell
from aim.exports.formats import CsvExporter, GeoJsonExporter, JsonExporter
from aim.exports.geofiles import GeoPackageExporter, KmlExporter
from aim.exports.listing import Listing, listing_of_hotspots, listing_of_incidents
from aim.exports.packs import PACK_FORMATS, PackExporter, pack_exporter_for, write_log, write_pack
from aim.exports.papers import Paper, Part, write_pdf, write_png
from aim.exports.sheets import ExcelExporter, write_book
from aim.exports.template import write_template
from aim.exports.texts import text_table
from aim.exports.writing import (
    EXPORTERS,
    Exporter,
    exporter_for,
    write_file,
    write_listing,
    write_rejected,
    write_whole,
)

__all__ = [
    "EXPORTERS",
    "PACK_FORMATS",
    "CsvExporter",
    "ExcelExporter",
    "Exporter",
    "GeoJsonExporter",
    "GeoPackageExporter",
    "JsonExporter",
    "KmlExporter",
    "Listing",
    "PackExporter",
    "Paper",
    "Part",
    "escape_cell",
    "exporter_for",
    "listing_of_hotspots",
    "listing_of_incidents",
    "pack_exporter_for",
    "text_table",
    "write_book",
    "write_file",
    "write_listing",
    "write_log",
    "write_pack",
    "write_pdf",
    "write_png",
    "write_rejected",
    "write_template",
    "write_whole",
]
