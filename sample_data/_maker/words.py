"""The invented words of Norbeck: names, kinds of incident, and what people write about them."""

from dataclasses import dataclass

FORCE = "Norbeck Police"
BOROUGH = "Norbeck"

# (name, background a square kilometre against the mean of the borough): five-fold from end to end,
# with most wards near the top, so that no ward is a hotspot of its own.
WARDS: tuple[tuple[str, float], ...] = (
    ("Anchor Field", 1.15),
    ("Beacon Bank", 0.60),
    ("Capstan", 1.16),
    ("Driftwood", 0.23),
    ("Eddy Hill", 1.05),
    ("Foghorn", 1.15),
    ("Gannet Moor", 0.80),
    ("Harbour Rise", 1.16),
    ("Inkwell", 0.95),
    ("Jetty Park", 1.16),
    ("Kelp Green", 0.40),
    ("Lantern Row", 1.16),
    ("Mooring", 1.09),
    ("Northlight", 0.23),
    ("Oyster Bed", 1.13),
    ("Pebble Down", 1.15),
    ("Quarterdeck", 1.16),
    ("Ropewalk", 1.13),
    ("Shingle End", 0.90),
    ("Tidewater", 0.70),
)
# Wards of 2024 that bore another name, by the name of 2026.
OLD_NAMES = {"Beacon Bank": "Beacon", "Inkwell": "Inkwell and Quay", "Shingle End": "Shingle"}
# Two wards of 2026 that were one in 2024.
OLD_PAIR = ("Lantern Row", "Quarterdeck")

_STEMS = (
    "Abalone Albatross Amber Anemone Angler Argosy Auk Avocet Ballast Barnacle Bellbuoy Binnacle "
    "Bittern Bladderwrack Bluefin Boatswain Bollard Bosun Bowline Bowsprit Brigantine Brill Brine "
    "Bulwark Bunting Buoy Caravel Cargo Catboat Chandler Clamshell Clipper Cockle Compass Conger "
    "Coracle Coral Cormorant Corvette Cowrie Crossjack Curlew Cuttle Davit Deckhand Dinghy Dogfish "
    "Dolphin Dory Dunlin Eider Estuary Fathom Fender Flotsam Flounder Forestay Frigate Fulmar "
    "Galleon Gangway Gantry Garfish Guillemot Gunwale Gurnard Haddock Halibut Halyard Hawser "
    "Headland Helm Herring Jib Keelson Ketch Kittiwake Knot Lamprey Lanyard Leeward Limpet Lobster "
    "Longboat Lugger Mackerel Mainsail Mariner Marlin Mizzen Monkfish Moonfish Mussel Narwhal "
    "Nautilus Osprey Outrigger Packet Paddle Periwinkle Petrel Pilchard Pintail Plaice Plankton "
    "Plimsoll Pollack Porpoise Puffin Purser Quay Rigging Rudder Sailcloth Sandbar Sanderling "
    "Scallop Schooner Scupper Seabass Seafarer Seagrass Seal Sextant Shanty Shearwater Shrimp "
    "Skerry Skiff Sloop Spindrift Spinnaker Sprat Squid Starfish Stonefish Sturgeon Tern Tiller "
    "Topsail Trawler Tugboat Turbot Turnstone Urchin Walrus Whelk Whimbrel Wigeon Windlass Winkle "
    "Wrasse Yardarm Yawl"
)
STEMS = tuple(_STEMS.split())
_SUFFIXES = "Street Road Avenue Close Lane Terrace Grove Drive Way Gardens Crescent Walk Place"
SUFFIXES = tuple(_SUFFIXES.split())
SHORT_SUFFIXES = {
    "Street": "St",
    "Road": "Rd",
    "Avenue": "Ave",
    "Close": "Cl",
    "Lane": "Ln",
    "Terrace": "Terr",
    "Grove": "Grv",
    "Drive": "Dr",
    "Gardens": "Gdns",
    "Crescent": "Cres",
    "Place": "Pl",
}

EVENING = (2, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 5, 7, 8, 10, 11, 11, 9, 6, 4)
NIGHT = (11, 9, 6, 4, 2, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 9, 12, 14, 14)
DAYTIME = (0, 0, 0, 0, 0, 0, 1, 3, 7, 10, 11, 11, 10, 10, 10, 9, 8, 6, 4, 2, 1, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of incident and what each feed calls it; empty where the feed has no word."""

    name: str
    police_uk: str = ""
    offence: tuple[str, str, str] | None = None  # HO code, sub-code, words
    codes: tuple[str, str] | None = None  # opening and closing code
    warden: tuple[str, str] | None = None  # category and sub category
    subject: str = ""
    hours: tuple[int, ...] = DAYTIME
    interval: bool = False  # known only to lie between two times
    text: str = ""


_ASB = "Anti-social behaviour"
_KINDS = (
    Kind(
        "rowdy",
        _ASB,
        codes=("ASB nuisance", "Rowdy or inconsiderate behaviour"),
        warden=("ASB", "Nuisance behaviour"),
        subject="Rowdy behaviour",
        hours=EVENING,
        text="Shouting and throwing things about, went on for some time",
    ),
    Kind(
        "youths",
        _ASB,
        codes=("ASB nuisance", "Youths causing annoyance"),
        warden=("ASB", "Youths gathering"),
        subject="Groups of youths",
        hours=EVENING,
        text="About ten youths hanging round and banging on shutters",
    ),
    Kind(
        "drinking",
        _ASB,
        codes=("ASB nuisance", "Street drinking"),
        warden=("ASB", "Street drinkers"),
        subject="Street drinking",
        hours=NIGHT,
        text="Group drinking cans on the benches, glass left behind",
    ),
    Kind(
        "noise",
        _ASB,
        codes=("ASB personal", "Noise"),
        warden=("ASB", "Noise complaint"),
        subject="Loud music",
        hours=NIGHT,
        text="Loud music through the wall again",
    ),
    Kind(
        "neighbours",
        _ASB,
        codes=("ASB personal", "Rowdy / nuisance neighbours"),
        subject="Neighbour dispute",
        hours=EVENING,
        text="Argument over the fence line",
    ),
    Kind(
        "bikes",
        _ASB,
        codes=("ASB nuisance", "Vehicle nuisance / inappropriate vehicle use"),
        warden=("Vehicle nuisance", "Off-road bikes"),
        subject="Off-road bikes",
        hours=EVENING,
        text="Two off-road bikes up and down the path, no plates",
    ),
    Kind(
        "abandoned",
        _ASB,
        codes=("ASB environmental", "Abandoned vehicles"),
        warden=("Abandoned vehicles", "Untaxed vehicle"),
        subject="Abandoned car",
        text="Car with flat tyres, not moved for weeks",
    ),
    Kind(
        "fly-tip",
        codes=("ASB environmental", "Dumped rubbish"),
        warden=("Rubbish", "Fly tip"),
        subject="Fly-tipping",
        text="Mattress and black bags dumped at the end of the alley",
    ),
    Kind(
        "litter",
        warden=("Rubbish", "Overflowing bin"),
        subject="Litter",
        text="Bin overflowing, rubbish blowing about",
    ),
    Kind(
        "dog mess",
        warden=("Dogs", "Dog mess"),
        subject="Dog fouling",
        text="Dog mess along the verge",
    ),
    Kind(
        "graffiti",
        warden=("Graffiti", "Tagging"),
        subject="Graffiti",
        text="Tags sprayed on the garage doors",
    ),
    Kind(
        "needles",
        warden=("Drug litter", "Needles"),
        subject="Discarded needles",
        text="Needles found behind the electricity box",
    ),
    Kind(
        "lighting",
        warden=("Lighting", "Street light out"),
        subject="Street lighting",
        hours=EVENING,
        text="Light out since last week",
    ),
    Kind(
        "fire",
        warden=("Fire", "Bin fire"),
        subject="Bin fire",
        hours=EVENING,
        text="Wheelie bin set alight",
    ),
    Kind(
        "violence",
        "Violence and sexual offences",
        ("105", "01", "Common assault"),
        hours=NIGHT,
        text="Pushed to the ground",
    ),
    Kind(
        "injury",
        "Violence and sexual offences",
        ("8", "06", "Assault occasioning actual bodily harm"),
        hours=NIGHT,
        text="Punched in the face",
    ),
    Kind("harassment", "Violence and sexual offences", ("8", "56", "Harassment"), hours=DAYTIME),
    Kind(
        "damage",
        "Criminal damage and arson",
        ("58", "03", "Criminal damage to vehicles"),
        warden=("Damage", "Broken window"),
        subject="Vandalism",
        hours=EVENING,
        interval=True,
        text="Windows broken overnight",
    ),
    Kind("burglary", "Burglary", ("28", "07", "Burglary residential"), hours=NIGHT, interval=True),
    Kind(
        "vehicle",
        "Vehicle crime",
        ("45", "10", "Theft from motor vehicle"),
        hours=NIGHT,
        interval=True,
    ),
    Kind("shoplifting", "Shoplifting", ("46", "00", "Theft from shops")),
    Kind("theft", "Other theft", ("49", "10", "Theft other"), interval=True),
    Kind("order", "Public order", ("125", "09", "Public fear, alarm or distress"), hours=NIGHT),
    Kind(
        "drugs",
        "Drugs",
        ("92", "30", "Possession of cannabis"),
        subject="Drug dealing",
        hours=EVENING,
        text="Cars pulling up for two minutes at a time",
    ),
    Kind("robbery", "Robbery", ("34", "02", "Robbery of personal property"), hours=NIGHT),
    Kind(
        "bicycle",
        "Bicycle theft",
        ("44", "00", "Theft or unauthorised taking of a pedal cycle"),
        interval=True,
    ),
    Kind("weapons", "Possession of weapons", ("10", "13", "Possession of other weapons")),
    Kind("pickpocket", "Theft from the person", ("39", "00", "Theft from the person")),
    Kind("other", "Other crime", ("99", "99", "Other offences")),
    Kind("welfare", codes=("Public safety and welfare", "Concern for safety"), hours=EVENING),
)
KINDS = {kind.name: kind for kind in _KINDS}

ASB_MIX = {"rowdy": 36, "youths": 24, "drinking": 10, "noise": 12, "neighbours": 8, "bikes": 7}
CRIME_MIX = {
    "violence": 20,
    "injury": 10,
    "harassment": 6,
    "damage": 15,
    "burglary": 8,
    "vehicle": 9,
    "shoplifting": 9,
    "theft": 10,
    "order": 11,
    "drugs": 5,
    "robbery": 1.5,
    "bicycle": 1.5,
    "weapons": 1,
    "pickpocket": 1,
    "other": 2,
}
INCIDENT_MIX = {**ASB_MIX, "abandoned": 2, "fly-tip": 2, "welfare": 7}
WARDEN_MIX = {
    "rowdy": 9,
    "youths": 13,
    "drinking": 8,
    "noise": 7,
    "bikes": 5,
    "abandoned": 7,
    "fly-tip": 20,
    "litter": 11,
    "dog mess": 7,
    "graffiti": 5,
    "needles": 3,
    "lighting": 2,
    "fire": 1,
    "damage": 2,
}
COUNCILLOR_MIX = {**WARDEN_MIX, "neighbours": 8, "drugs": 6, "lighting": 8}

# For a decoy of another type: a kind whose theme is another one.
OTHER_KIND = {
    "rowdy": "fly-tip",
    "youths": "litter",
    "drinking": "abandoned",
    "noise": "dog mess",
    "bikes": "graffiti",
    "abandoned": "noise",
    "fly-tip": "youths",
}

UNKNOWN_WORDS = ("Zorbing", "Seagulls", "Hedge over path", "See other list", "Misc 7")
BAD_DATES = ("31/02/2026", "00/13/2025", "32/05/2025", "next Tuesday")
BAD_MONTHS = ("2024-13", "2025-00", "June")
NUMBER_WORDS = ("see map", "n/k", "outside shop", "TBC")

OUTCOMES = (
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Under investigation",
    "Local resolution",
    "Awaiting court outcome",
)
WARDEN_ACTIONS = (
    "Advice given",
    "Patrolled, none seen",
    "Referred to street scene",
    "Notice left",
    "Words of advice, moved on",
)
# Texts with something to mask; numbers are from the ranges kept for drama.
PERSONAL_TEXTS = (
    " Please ring me on 01632 960{n:03d}.",
    " Contact resident{n}@example.org for photos.",
    " Her mobile is 07700 900{n:03d}, evenings only.",
    " Wants a call back: 01632 960{n:03d} or resident{n}@example.org.",
)
NI_TEXT = " Gave NI number QQ 12 34 56 C at the desk."
# Signs that cp1252 and utf-8 write differently.
AWKWARD_TEXTS = (" Cost us £40 so far.", " It\u2019s been weeks.", " Near the café \u2013 again.")
