"""The hall: one function for each job a person has; the only room that opens the others.

Names load on first use, so a command pays only for the rooms it walks through.
"""

from importlib import import_module
from typing import TYPE_CHECKING

_HOMES = {
    "Tried": "sign_ins",
    "accept_notice": "sign_ins",
    "account_list": "accounts",
    "add_account": "accounts",
    "add_break": "breaks",
    "add_demo_people": "accounts",
    "add_places": "places",
    "add_token": "accounts",
    "add_ward_set": "wards",
    "answer_place": "places",
    "asset_folders": "pictures",
    "back_up": "upkeep",
    "break_list": "breaks",
    "change_password": "sign_ins",
    "check_file": "mapping",
    "copy_map_assets": "pictures",
    "delivery_list": "deliveries",
    "demo_people": "sign_ins",
    "disable_account": "accounts",
    "doctor": "upkeep",
    "enable_account": "accounts",
    "export_hotspots": "files",
    "export_incidents": "files",
    "export_quality": "quality",
    "export_trends": "files",
    "export_wards": "files",
    "feed_list": "deliveries",
    "feed_template": "mapping",
    "fetch_fixmystreet": "fetching",
    "fetch_open311": "fetching",
    "fetch_police_uk": "fetching",
    "find_hotspots": "hotspots",
    "find_links": "links",
    "forget_place": "places",
    "hotspot_view": "pages",
    "hub_view": "pages",
    "ingest_feed": "deliveries",
    "link_text": "links",
    "links_view": "links",
    "live_map": "pictures",
    "make_store": "upkeep",
    "map_file": "pictures",
    "map_layers": "pictures",
    "place_review": "places",
    "place_review_view": "places",
    "place_set_list": "places",
    "preset_words": "presets",
    "quality_text": "quality",
    "quality_view": "quality",
    "read_metres": "places",
    "read_words": "filters",
    "reader_of_session": "sign_ins",
    "reader_of_token": "sign_ins",
    "remove_break": "breaks",
    "require_one_time_codes": "accounts",
    "reset_account": "accounts",
    "restore": "upkeep",
    "review_text": "places",
    "revoke_token": "accounts",
    "run_text": "files",
    "set_up_demo": "demo",
    "settle_link": "links",
    "sign_in": "sign_ins",
    "sign_in_demo": "sign_ins",
    "sign_out": "sign_ins",
    "single_sign_on": "providers",
    "token_list": "accounts",
    "trend_table": "trends",
    "trend_text": "files",
    "undo_delivery": "deliveries",
    "use_ward_set": "wards",
    "ward_set_list": "wards",
    "ward_view": "pages",
    "watch_folder": "watching",
    "write_whole": "files",
}

__all__ = [
    "Tried",
    "accept_notice",
    "account_list",
    "add_account",
    "add_break",
    "add_demo_people",
    "add_places",
    "add_token",
    "add_ward_set",
    "answer_place",
    "asset_folders",
    "back_up",
    "break_list",
    "change_password",
    "check_file",
    "copy_map_assets",
    "delivery_list",
    "demo_people",
    "disable_account",
    "doctor",
    "enable_account",
    "export_hotspots",
    "export_incidents",
    "export_quality",
    "export_trends",
    "export_wards",
    "feed_list",
    "feed_template",
    "fetch_fixmystreet",
    "fetch_open311",
    "fetch_police_uk",
    "find_hotspots",
    "find_links",
    "forget_place",
    "hotspot_view",
    "hub_view",
    "ingest_feed",
    "link_text",
    "links_view",
    "live_map",
    "make_store",
    "map_file",
    "map_layers",
    "place_review",
    "place_review_view",
    "place_set_list",
    "preset_words",
    "quality_text",
    "quality_view",
    "read_metres",
    "read_words",
    "reader_of_session",
    "reader_of_token",
    "remove_break",
    "require_one_time_codes",
    "reset_account",
    "restore",
    "review_text",
    "revoke_token",
    "run_text",
    "set_up_demo",
    "settle_link",
    "sign_in",
    "sign_in_demo",
    "sign_out",
    "single_sign_on",
    "token_list",
    "trend_table",
    "trend_text",
    "undo_delivery",
    "use_ward_set",
    "ward_set_list",
    "ward_view",
    "watch_folder",
    "write_whole",
]

if TYPE_CHECKING:
    from aim.workflows.accounts import (
        account_list,
        add_account,
        add_demo_people,
        add_token,
        disable_account,
        enable_account,
        require_one_time_codes,
        reset_account,
        revoke_token,
        token_list,
    )
    from aim.workflows.breaks import add_break, break_list, remove_break
    from aim.workflows.deliveries import delivery_list, feed_list, ingest_feed, undo_delivery
    from aim.workflows.demo import set_up_demo
    from aim.workflows.fetching import fetch_fixmystreet, fetch_open311, fetch_police_uk
    from aim.workflows.files import (
        export_hotspots,
        export_incidents,
        export_trends,
        export_wards,
        run_text,
        trend_text,
        write_whole,
    )
    from aim.workflows.filters import read_words
    from aim.workflows.hotspots import find_hotspots
    from aim.workflows.links import find_links, link_text, links_view, settle_link
    from aim.workflows.mapping import check_file, feed_template
    from aim.workflows.pages import hotspot_view, hub_view, ward_view
    from aim.workflows.pictures import (
        asset_folders,
        copy_map_assets,
        live_map,
        map_file,
        map_layers,
    )
    from aim.workflows.places import (
        add_places,
        answer_place,
        forget_place,
        place_review,
        place_review_view,
        place_set_list,
        read_metres,
        review_text,
    )
    from aim.workflows.presets import preset_words
    from aim.workflows.providers import single_sign_on
    from aim.workflows.quality import export_quality, quality_text, quality_view
    from aim.workflows.sign_ins import (
        Tried,
        accept_notice,
        change_password,
        demo_people,
        reader_of_session,
        reader_of_token,
        sign_in,
        sign_in_demo,
        sign_out,
    )
    from aim.workflows.trends import trend_table
    from aim.workflows.upkeep import back_up, doctor, make_store, restore
    from aim.workflows.wards import add_ward_set, use_ward_set, ward_set_list
    from aim.workflows.watching import watch_folder


def __getattr__(name: str) -> object:
    """Load a job from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'aim.workflows' has no job {name!r}")
    return getattr(import_module(f"aim.workflows.{_HOMES[name]}"), name)
