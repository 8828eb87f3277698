"""The configuration under which a daemon watches the demo's outlets."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

NAMES: Final = {
    "harbourpost.example": "The Harbour Post",
    "valleycourier.example": "Valley Courier",
    "northwire.example": "North Wire",
}
# What generic extraction cannot know of these templates, as an outlet's file would say it.
_RULES: Final = {
    "harbourpost.example": """
[[rules]]
name = "cards"
drop = [".kg-bookmark-card", ".kg-audio-card", ".kg-signup-card", ".donation-box"]
""",
    "valleycourier.example": """
identity = '-a([0-9]+)$'

[admit]
only = ['-a[0-9]+$']

[[rules]]
name = "appeals"
drop = ["#load-next-article", ".contribute-banner", ".contribute-bar", ".contribute-modal", ".article__newsletter"]
[[rules]]
name = "related"
drop = ["aside.article__related-article", "aside.sidebar", "section.cluster", ".article__tags"]
""",
    "northwire.example": """
[[rules]]
name = "boxes"
drop = [".author-box", ".related-post-inline", ".ad-slot", ".sharedaddy", ".jp-relatedposts", ".donate-box"]
""",
}


def outlet_files(base_url: str, every: str = "3s") -> dict[str, str]:
    """The files of a `config/` folder, by their path in it, for a site served at `base_url`."""
    address = urlsplit(base_url).netloc
    connect = ", ".join(f'"{host}:80" = "{address}"' for host in NAMES)
    service = (
        "[network]\n"
        'user_agent = "scraper-demo (on this machine only)"\n'
        f'private = ["{address}"]\n'
        f"connect_to = {{ {connect} }}\n"
        'delay = "200ms"\n'
    )
    return {"scraper.toml": service} | {f"outlets/{host}.toml": _outlet(host, every) for host in NAMES}


def _outlet(host: str, every: str) -> str:
    kinds = {"feed": "/rss/", "sitemap": "/sitemap-news.xml", "front": "/"}
    sources = "".join(
        f'\n[[sources]]\nkind = "{kind}"\nurl = "http://{host}{path}"\nevery = "{every}"\n'
        for kind, path in kinds.items()
    )
    head = f'name = "{NAMES[host]}"\nhome = "http://{host}/"\nlanguage = "en"\ntimezone = "Europe/Oslo"\n'
    rules = _RULES[host]
    keys, bracket, tables = rules.partition("\n[")
    return head + keys.lstrip("\n") + sources + bracket + tables
