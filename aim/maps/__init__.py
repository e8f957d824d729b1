"""The gallery: frames become Folium pages and charts that need no internet."""

from aim.maps.cell_map import CellKind, cell_map_svg
from aim.maps.charts import trend_svg
from aim.maps.hub_map import build_map, live_map_page
from aim.maps.layers import layers_json
from aim.maps.months import months_svg
from aim.maps.page import asset_folders, render_page
from aim.maps.settings_plot import tuning_svg
from aim.maps.static_maps import still_map_svg
from aim.maps.week import week_svg

__all__ = [
    "CellKind",
    "asset_folders",
    "build_map",
    "cell_map_svg",
    "layers_json",
    "live_map_page",
    "months_svg",
    "render_page",
    "still_map_svg",
    "trend_svg",
    "tuning_svg",
    "week_svg",
]
