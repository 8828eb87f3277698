"""What class names, identifiers and test hooks say: the vocabulary of templates, as data.

A name such as `ArticleBody_newsletterBox__x9f3` is cut into words (`article body newsletter box`): build tools change
the hash at the end, not the words. Judged are words and pairs of words, never an outlet.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from scraper.extract.words import tokens

_SEGMENT = re.compile(r"[A-Za-z0-9]+")
# Most names: nothing to find out but where the words end.
_PLAIN = re.compile(r"[a-z_-]{1,100}")
_CUT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_HASH = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z].*[A-Za-z]).{6,}")


def _group(text: str) -> dict[str, str]:
    return {
        word: rule
        for line in text.strip().splitlines()
        for rule, _, row in [line.partition(":")]
        for word in row.split()
    }


# One word is enough.
_WORDS: Final = _group("""
newsletter:newsletter newsletters newsletterbox newslettersignup mailinglist mailchimp mc4wp mailmunch optin
subscribe:subscribe subscribes subscription subscriptions subscriber subscribers signup signups abo abos regwall
paywall:paywallbox paywallmessage premiumbox plusbox pianobox
appeal:membership memberships donate donation donations donationbox contribute contribution fundraiser fundraising
appeal:appeal
appeal:crowdfunding spenden patreon steady tipjar supportus kofi doacao don dons donativo soutenez podpora dotacja
related:related relatednews relatedposts relatedpost relatedarticles relatedarticle relatedlinks relatedcontent
related:relatedtopics
related:relatedstories jprelatedposts yarpp recommended recommend recommends recommendation recommendations recirc
related:recirculation readmore readnext readalso alsoread seealso morenews morestories morelike upnext nextarticle
related:nextup
related:suggested suggestions similar recommandation recommandations weiterlesen infinite lireaussi leiamais crosslink
related:crosslinks crosslinking relacionadas relacionados relacionado correlati recomendados verwandte
share:share shares sharing sharebar sharebuttons sharetools sharethis addthis addtoany sharedaddy socialshare social
share:socials
share:socialbar socialmedia sociallinks shariff followus compartir partager condividi teilen
comment:comment comments commentlist commentsection disqus livefyre respond viafoura openweb spotim hyvor kommentare
comment:kommentar comentarios commentaires comentarii commenti
advert:advert adverts advertisement advertisements advertising advertorial ads adslot adslots adunit adbox adwrapper
advert:adcontainer adsbygoogle googleads dfp gpt admanager adspot adzone leaderboard mpu skyscraper billboard werbung
advert:anzeige
advert:reklama publicidad publicite outbrain taboola revcontent mgid zergnet nativo plista teads adnow contentad
sponsor:sponsor sponsored sponsors sponsorship
promo:promo promos promobox promotion promotions promotional promoted crosspromo selfpromo
tags:tags taglist tagcloud taglinks hashtags keywords posttags
nav:breadcrumb breadcrumbs nav navbar navigation subnav navi menu menus submenu megamenu pagination pager paginator
nav:skiplink
nav:skiplinks hamburger masthead toc tableofcontents inhaltsverzeichnis
sidebar:sidebar rightrail leftrail rail marginale
popular:popular trending mostread mostviewed mostpopular bestseller toplist
ticker:ticker tickers newsticker stockticker
cookie:cookie cookies consent gdpr cmp onetrust didomi cookiebanner usercentrics
dialog:modal popup popover lightbox overlay dialog drawer interstitial flyout toast snackbar
tooltip:tooltip rollover hovercard
audio:audioplayer audio podcast podcasts playlist listen texttospeech tts speechify readspeaker
video:videoplayer jwplayer brightcove kaltura
byline:byline bylines authorbox authorbio authorinfo bio biography authors avatar textauthor
print:printonly noprint
toolbar:toolbar tools toolbox actions
rating:rating ratings vote votes voting poll polls quiz survey feedback reactions likes
login:login signin registration
loader:loader loading spinner skeleton preloader
legal:copyright imprint impressum
gallery:carousel slider slideshow swiper slick gallery galleries fotostrecke bildergalerie thumbnails lightgallery
affiliate:affiliate affiliates coupon coupons gewinnspiel stellenmarkt
caption:caption captions figcaption imagecaption wpcaption photocaption credit credits photocredit imagecredit
caption:bildunterschrift
date:timestamp datetime pubdate publishdate lastupdated updated readingtime readtime
widget:widget widgets
""")
_HIDDEN: Final = tokens(
    "sronly visuallyhidden screenreader screenreadertext screenreaderonly offscreen a11y noshow hidden"
)
_HINTS: Final = ("hid", "only", "screen", "a11y", "show")
_HINT: Final = re.compile(r"(?i)hid|sr[-_]?only|screen|a11y|no-?show")
_SCREENS: Final = re.compile(r"(?:sm|md|lg|xl|2xl):(?:block|flex|grid|inline)")

_PAIRS: Final = {
    tuple(pair.split("-")): rule
    for pair, rule in _group("""
related:read-more read-next read-also also-read see-also more-on more-from more-news more-stories more-articles
related:more-posts
related:more-about more-like up-next next-article next-story next-post prev-next you-may you-might dont-miss also-like
related:further-reading keep-reading continue-reading latest-news latest-posts other-news other-articles top-stories
related:lire-aussi leia-mais leia-tambem leggi-anche lees-ook mehr-zum zum-thema mehr-dazu auch-interessant czytaj-takze
related:les-ogsa las-mer lue-myos cita-tambien lea-tambien
card:news-list post-list article-list story-list link-list teaser-list teaser-box link-box card-list story-card
card:article-card news-card post-card article-teaser promo-card inline-teaser bookmark-card
popular:most-read most-viewed most-popular most-commented top-read
subscribe:sign-up opt-in email-form email-capture email-signup
newsletter:mail-chimp
login:log-in sign-in
byline:author-bio author-box author-info author-card author-profile author-description author-details author-block
byline:author-meta author-about about-author post-author author-section about-me author-name author-link article-author
nav:skip-to jump-to back-top to-top load-more show-more scroll-top table-contents edit-post edit-link
nav:site-footer page-footer main-footer global-footer footer-wrap footer-wrapper footer-bottom footer-links footer-nav
nav:site-header page-header main-header global-header header-nav
share:google-news google-preferred preferred-source whatsapp-channel telegram-channel follow-us follow-me follow-button
share:follow-topic follow-author
tags:article-tags post-tags entry-tags story-tags tag-list tag-links tag-cloud article-topics topic-list topics-list
meta:article-meta post-meta entry-meta story-meta article-footer post-footer entry-footer story-footer
print:print-hidden print-none no-print non-print hide-print
caption:in-image image-caption photo-caption media-caption wp-caption picture-caption image-author image-credit
caption:media-title
caption:media-info photo-credit photo-author picture-credit image-source
date:reading-time read-time time-read publish-date published-date post-date article-date
appeal:support-us support-banner support-box cta-box cta-button cta-banner cta-card call-action
paywall:paywall-box paywall-message paywall-banner paywall-overlay paywall-offer paywall-promo
video:video-player media-player jw-player
audio:audio-card audio-player
embed:external-content embed-consent
""").items()
}
# `has-sidebar`, `no-comments`: a state of something else.
_STATES: Final = tokens("has no not with without is are show can")


@lru_cache(maxsize=8192)
def split(name: str) -> tuple[str, ...]:
    """The words of a name, in order, without what looks like a hash.

    >>> split("ArticleBody_intro__x9Fq2z")
    ('article', 'body', 'intro')
    """
    if _PLAIN.fullmatch(name):
        return tuple(filter(None, name.replace("_", "-").split("-")))
    segments = (part for part in _SEGMENT.findall(name[:120]) if not _HASH.fullmatch(part))
    return tuple(word.lower() for part in segments for word in _CUT.findall(part))


@lru_cache(maxsize=8192)
def judge(name: str) -> str | None:
    """The rule by which an element of that class or id is not article, None if its name does not say so.

    >>> judge("ArticleBody_newsletterBox__x9f3"), judge("has-sidebar"), judge("story-text")
    ('newsletter', None, None)
    """
    if ":" in name and not name.startswith("print:"):
        return None
    words = split(name)
    if not words or words[0] in _STATES or len(words) > 12:
        return None
    for at, word in enumerate(words):
        if at and words[at - 1] in _STATES:
            continue
        rule = _WORDS.get(word) or (_PAIRS.get((word, words[at + 1])) if at + 1 < len(words) else None)
        if rule or (word == "ad" and _is_ad(name, words, at)):
            return rule or "advert"
    return None


def _is_ad(name: str, words: tuple[str, ...], at: int) -> bool:
    """`ad` on its own or beside a real word; two letters turn up in any hash."""
    if re.search(r"(?i)(?:^|[-_ ])ad(?:$|[-_ 0-9])", name):
        return True
    beside = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    return all(len(word) > 3 or word in {"in", "box", "top"} for word in beside)


@lru_cache(maxsize=8192)
def verdicts(classes: str) -> tuple[tuple[str, str], ...]:
    """Each name in a class attribute that says what its element is, with the rule.

    >>> verdicts("wide share-bar")
    (('share-bar', 'share'),)
    """
    return tuple((name, rule) for name in classes.split() if (rule := judge(name)))


@lru_cache(maxsize=8192)
def hides(classes: str) -> bool:
    """Whether a class attribute says that readers do not see the element, on no screen.

    >>> hides("sr-only"), hides("md:hidden"), hides("hidden md:block")
    (True, False, False)
    """
    low = classes.lower()
    if not any(hint in low for hint in _HINTS) or not _HINT.search(classes):
        return False
    names = classes.split()
    plain = (name.lower().replace("-", "").replace("_", "") for name in names)
    return any(name in _HIDDEN for name in plain) and not any(map(_SCREENS.match, names))


@lru_cache(maxsize=8192)
def words(name: str) -> frozenset[str]:
    """The words of a name, as a set."""
    return frozenset(split(name))
