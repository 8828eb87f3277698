"""Query parameters that say how a reader came to a page, and never which page it is.

Data, read by `scraper.urls` alone. A name is listed only if no publishing system is known to address content with it:
a parameter left in costs a second look at one article, one wrongly taken out loses an article. So `id`, `p`, `uid`,
`cid`, `eid`, `source`, `session`, `ref`, `mod`, `cmp` and `from` are not here, though trackers use some of them too.
All names are in lower case and are compared without regard to case.
"""

from __future__ import annotations

from typing import Final

#: Families: every parameter that begins so belongs to the tool named.
PREFIXES: Final = (
    "utm_",  # Urchin, Google Analytics
    "mtm_", "matomo_", "pk_", "piwik_",  # Matomo
    "hsa_", "_hs", "__hs",  # HubSpot
    "oly_",  # Omeda
    "vero_",  # Vero
    "elq",  # Oracle Eloqua
    "guce_",  # Yahoo consent
    "sfmc_",  # Salesforce Marketing Cloud
    "at_custom", "at_link", "at_ptr", "at_bbc",  # AT Internet
    "cx_",  # Piano
    "__cf_chl_",  # challenges of Cloudflare
)  # fmt: skip

#: Single names.
NAMES: Final = frozenset({
    # ad clicks and social shares
    "dclid", "epik", "fbclid", "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc", "gs_lcp", "igsh", "igshid",
    "irclickid", "irgwc", "li_fat_id", "mibextid", "msclkid", "rb_clickid", "rdt_cid", "s_kwcid", "sccid", "sfnsn",
    "srsltid", "tblci", "ttclid", "twclid", "wbraid", "wickedid", "ymclid", "yclid", "ysclid", "zanpid", "dicbo",
    "ef_id", "fb_action_ids", "fb_action_types", "fb_comment_id", "fb_ref", "fb_source", "__twitter_impression",
    "ref_src", "ref_url", "soc_src", "soc_trk", "sr_share", "_branch_match_id", "_branch_referrer", "outbrainclickid",
    # mailings
    "_ke", "_kx", "dm_i", "mc_cid", "mc_eid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash", "vgo_ee",
    # audience measurement
    "_ga", "_gl", "_openstat", "at_campaign", "at_creation", "at_format", "at_medium", "at_platform", "at_xt",
    "ga_campaign", "ga_content", "ga_medium", "ga_source", "ga_term", "guccounter", "ns_campaign", "ns_fee",
    "ns_linkname", "ns_mchannel", "ns_source", "s_cid", "wt_mc", "wt_zmc", "wtmc", "xtor",
    # publishers' own marks on links in feeds, apps and newsletters
    "__source", "cmpid", "ftcamp", "ftag", "icid", "ito", "maca", "mbid", "ncid", "ocid", "smid", "smtyp",
    "traffic_source",
    # sessions
    "aspsessionid", "jsessionid", "phpsessid",
})  # fmt: skip
