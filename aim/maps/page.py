"""A Folium map as a page of our own: our scripts, our frame, no other host.

Folium asks four hosts for its scripts. Here the links that a map registers are looked up by name
and replaced by files of installed packages, so that a page works with no internet; a name that is
not in the table stops the rendering instead of bringing a foreign host back.
"""

import base64
import mimetypes
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, Link
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aim.errors import ExportError
from aim.model.handling import Stamp

ENVIRONMENT = Environment(
    loader=PackageLoader("aim.maps"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

# Asset folder -> the package that carries it, and the folder inside.
PACKAGES = {
    "aim-map": ("aim.maps", "static"),
    "folium": ("folium", "templates"),
    "jquery": ("xstatic.pkg.jquery", "data"),
    "leaflet": ("xstatic.pkg.leaflet", "data"),
}

# The name Folium gives a link -> folder and file; None leaves the link out.
LINKS: dict[str, tuple[str, str] | None] = {
    "aim_map": ("aim-map", "map.js"),
    "aim_map_css": ("aim-map", "map.css"),
    "leaflet": ("leaflet", "leaflet.js"),
    "leaflet_css": ("leaflet", "leaflet.css"),
    "jquery": ("jquery", "jquery.min.js"),
    "leaflet-heat.js": ("folium", "leaflet_heat.min.js"),
    # Only markers with glyph icons need these; ours are drawn with our own stylesheet.
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
}
UNMARKED = "No handling marking was given: treat this map as sensitive."

_FOREIGN_VIEWPORT = re.compile(r"<meta name=\"viewport\"[^>]*>")
_TAG = re.compile(r"<(script|style)(?=[\s>])")
_STYLE_URL = re.compile(r"url\([\"']?(?!data:|#)([^\"')]+)[\"']?\)")
_SOURCE_MAP = re.compile(r"^\s*(?://|/\*)[#@] sourceMappingURL=.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dress:
    """What a page says around its map.

    Attributes
    ----------
    title, headline
        The page's name, and one sentence under it.
    marks
        The stamp's lines, printed at the foot.
    listed
        The rows of the table that says the same as the map; None for no table.
    notes
        Sentences printed with the table.
    framed
        Whether the page sits in a frame of a hub page, which has its own heading and table.
    """

    title: str = "Map of hotspots"
    headline: str = ""
    marks: tuple[str, ...] = (UNMARKED,)
    listed: tuple[dict[str, str], ...] | None = None
    notes: tuple[str, ...] = ()
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """One script or style of a page: an address, or the text itself."""

    href: str = ""
    text: Markup = field(default_factory=Markup)


class HubFigure(Figure):
    """The page around a Folium map.

    Parameters
    ----------
    dress
        What the page says around the map.
    assets
        The address below which ``asset_folders`` are served; None writes them into the page.
    nonce
        The content security policy's word for this answer.
    strict
        Whether a link with no local copy is an error; otherwise it stays as Folium wrote it.
    """

    def __init__(
        self,
        dress: Dress | None = None,
        *,
        assets: str | None = None,
        nonce: str | None = None,
        strict: bool = False,
    ) -> None:
        super().__init__(title=(dress or Dress()).title)
        self.dress = dress or Dress()
        self.assets, self.nonce, self.strict = assets, nonce, strict

    def render(self, **kwargs: object) -> str:
        """Return the page as HTML."""
        for child in list(self._children.values()):
            child.render(**kwargs)
        script = self.script.render(**kwargs)
        links = [
            asset
            for name, link in self.header._children.items()  # noqa: SLF001 - branca has no other way to list them
            if isinstance(link, Link)
            for asset in [self._asset(name, link, script)]
            if asset is not None
        ]
        return ENVIRONMENT.get_template("page.html").render(
            dress=self.dress,
            nonce=self.nonce,
            styles=[asset for kind, asset in links if kind is CssLink],
            scripts=[asset for kind, asset in links if kind is JavascriptLink],
            head=self._trusted(self._head(**kwargs)),
            body=self._trusted(self.html.render(**kwargs)),
            script=Markup(script),  # noqa: S704 - Folium's own script; data in it are escaped JSON
        )

    def _head(self, **kwargs: object) -> str:
        own = [
            element.render(**kwargs)
            for name, element in self.header._children.items()  # noqa: SLF001 - as above
            if not isinstance(element, Link) and name != "meta_http"
        ]
        # Folium's viewport forbids pinch zoom, which some readers cannot do without.
        return _FOREIGN_VIEWPORT.sub("", "\n".join(own))

    def _trusted(self, html: str) -> Markup:
        if self.nonce:
            html = _TAG.sub(rf'<\1 nonce="{self.nonce}"', html)
        return Markup(html)  # noqa: S704 - Folium's own elements, no data of ours

    def _asset(self, name: str, link: Link, script: str) -> tuple[type, Asset] | None:
        kind = JavascriptLink if isinstance(link, JavascriptLink) else CssLink
        known = _base_name(name)
        if known not in LINKS:
            if self.strict:
                raise ExportError(
                    f"The map asks for {name!r} from {link.url}, and no local copy is known."
                    " Draw it with another layer, or add the file to aim.maps.page.LINKS."
                )
            return kind, Asset(href=link.url)
        place = LINKS[known]
        if place is None or (known == "jquery" and "$(" not in script):
            return None
        if self.assets is None:
            return kind, Asset(text=_inlined(*place))
        return kind, Asset(href=f"{self.assets.rstrip('/')}/{'/'.join(place)}")


def _base_name(name: str) -> str:
    return "jquery" if re.fullmatch(r"jquery[\d.]*", name) else name


def render_page(
    folium_map: folium.Map,
    *,
    assets: str = "/vendor",
    nonce: str | None = None,
    self_contained: bool = False,
    title: str | None = None,
) -> str:
    """Return a Folium map as a page that asks nothing of any other host.

    Parameters
    ----------
    folium_map
        A map of ``build_map``, or any Folium map whose links are in ``LINKS``. It stays as it was.
    assets
        The address below which the folders of ``asset_folders`` are served.
    nonce
        The content security policy's word for this answer, put on every script and style.
    self_contained
        Write scripts, styles and images into the page: one file that opens from a USB stick.
    title
        The page's name, in place of the map's own.

    Returns
    -------
    str
        HTML. The same map gives the same bytes.

    Raises
    ------
    ExportError
        The map asks for a script or style of which no local copy is known.

    Examples
    --------
    >>> page = render_page(folium.Map(tiles=None), self_contained=True)
    >>> "https://cdn" in page
    False
    """
    root = folium_map.get_root()
    dress = root.dress if isinstance(root, HubFigure) else Dress()
    figure = HubFigure(
        replace(dress, title=title) if title else dress,
        assets=None if self_contained else assets,
        nonce=nonce,
        strict=True,
    )
    return _render_within(figure, root)


def _render_within(figure: HubFigure, root: Element) -> str:
    """Render the children of ``root`` as if they were the figure's, and give them back."""
    for part in ("header", "html", "script") if isinstance(root, Figure) else ():
        getattr(figure, part)._children |= getattr(root, part)._children  # noqa: SLF001 - as above
    children = root._children if isinstance(root, Figure) else {root.get_name(): root}  # noqa: SLF001 - as above
    parents = {name: child._parent for name, child in children.items()}  # noqa: SLF001 - as above
    try:
        for name, child in children.items():
            figure.add_child(child, name=name)
        return figure.render()
    finally:
        for name, child in children.items():
            child._parent = parents[name]  # noqa: SLF001 - as above


def asset_folders() -> dict[str, Path]:
    """Return the folders a page's scripts and styles lie in, by the name they are served under.

    Returns
    -------
    dict
        ``aim-map``, ``folium``, ``jquery`` and ``leaflet``, to be mounted below the address that
        ``render_page`` is given as ``assets``.

    Raises
    ------
    ExportError
        A package that carries one of them is not installed.

    Examples
    --------
    >>> (asset_folders()["leaflet"] / "leaflet.js").is_file()
    True
    """
    return {name: _package_folder(*place) for name, place in PACKAGES.items()}


@lru_cache(maxsize=16)
def _package_folder(package: str, folder: str) -> Path:
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ExportError(
            f"Maps need the package {package}, which is not installed."
            " Install active-intelligence-mapping again with its dependencies."
        )
    return Path(next(iter(spec.submodule_search_locations))) / folder


@lru_cache(maxsize=32)
def _inlined(folder: str, file: str) -> Markup:
    path = asset_folders()[folder] / file
    text = _SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))
    if path.suffix == ".css":
        text = _STYLE_URL.sub(lambda found: f"url({_data_uri(path.parent / found[1])})", text)
        return Markup(text.replace("</style", r"<\/style"))  # noqa: S704 - an installed package's file
    return Markup(text.replace("</script", r"<\/script"))  # noqa: S704 - an installed package's file


def _data_uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def marks_of(stamp: Stamp | None) -> tuple[str, ...]:
    """Return the lines every map must print; a warning line where none were given.

    Examples
    --------
    >>> marks_of(None)
    ('No handling marking was given: treat this map as sensitive.',)
    """
    if stamp is None:
        return (UNMARKED,)
    made = " ".join(
        word for word in (f"Made {stamp.made}" if stamp.made else "", stamp.who) if word
    )
    return (*stamp.lines(), made) if made else stamp.lines()
