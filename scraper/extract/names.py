"""What class names, identifiers and test hooks say: the vocabulary of templates, as data.

A name such as `ArticleBody_newsletterBox__x9f3` is cut into words (`article body newsletter box x 9 f 3`): build tools
change the hash, not the words. Judged are words and pairs of words, never an outlet.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CUT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

# One word is enough. The rule that is recorded is the first word of its line.
_WORDS: Final = {
    word: line.split()[0]
    for line in """
    newsletter newsletters newsletterbox newslettersignup mailinglist mailchimp mc4wp mailmunch optin
    subscribe subscribes subscription subscriptions subscriber signup signups abo paywallbox regwall
    membership memberships donate donation donations donationbox contribute contribution fundraiser crowdfunding spenden
    patreon steady tipjar supportus kofi appeal
    related relatednews relatedposts relatedpost relatedarticles relatedarticle relatedlinks relatedcontent relatedtopics
    jprelatedposts yarpp recommended recommend recommends recommendation recommendations recirc recirculation readmore
    readnext readalso alsoread seealso morenews morestories morelike upnext nextarticle nextup suggested suggestions
    similar recommandation weiterlesen infinite lireaussi leiamais crosslink crosslinks crosslinking
    share shares sharing sharebar sharebuttons sharetools sharethis addthis addtoany sharedaddy socialshare social socials
    socialbar socialmedia sociallinks shariff followus
    comment comments commentlist commentsection disqus livefyre respond coral viafoura openweb spotim hyvor kommentare
    kommentar comentarios commentaires
    advert adverts advertisement advertisements advertising advertorial ads adslot adslots adunit adbox adwrapper
    adcontainer adsbygoogle googleads dfp gpt admanager adspot adzone leaderboard mpu skyscraper billboard werbung anzeige
    reklama publicidad publicite pub
    sponsor sponsored sponsors sponsorship outbrain taboola revcontent mgid zergnet nativo plista teads adnow contentad
    promo promos promobox promotion promotions promotional promoted crosspromo selfpromo
    tags taglist tagcloud taglinks hashtags keywords posttags
    breadcrumb breadcrumbs nav navbar navigation subnav navi menu menus submenu megamenu pagination pager paginator skiplink
    skiplinks offcanvas hamburger masthead
    sidebar rightrail leftrail rail marginale
    popular trending mostread mostviewed mostpopular bestseller toplist ranking
    ticker tickers newsticker liveticker stockticker
    cookie cookies consent gdpr cmp onetrust didomi cookiebanner usercentrics
    modal popup popover lightbox overlay tooltip dialog drawer interstitial flyout toast snackbar
    player audioplayer audio podcast podcasts playlist listen texttospeech tts speechify readspeaker videoplayer jwplayer
    brightcove kaltura
    byline bylines authorbox authorbio authorinfo bio biography authors avatar
    print printonly noprint toolbar tools toolbox actions pdf
    rating ratings vote votes voting poll polls quiz survey feedback reactions likes
    toc tableofcontents inhaltsverzeichnis
    login signin registration register
    loader loading spinner skeleton preloader
    copyright imprint impressum
    carousel slider slideshow swiper slick gallery galleries fotostrecke bildergalerie thumbnails lightgallery
    shop affiliate affiliates productbox pricebox dealbox amazon coupon coupons
    horoscope weather wetter games gewinnspiel jobs stellenmarkt
    caption captions figcaption imagecaption wpcaption photocaption credit credits photocredit imagecredit bildunterschrift
    timestamp datetime pubdate publishdate lastupdated updated readingtime readtime
    widget widgets
    """.strip().splitlines()
    for word in line.split()
}
_HIDDEN: Final = frozenset("sronly visuallyhidden screenreader screenreadertext offscreen a11y noshow hidden".split())

_PAIRS: Final = {
    tuple(pair.split("-")): line.split()[0]
    for line in """
    read-more read-next read-also also-read see-also more-on more-from more-news more-stories more-articles more-posts
    more-about more-like up-next next-article next-story next-post prev-next you-may you-might dont-miss also-like
    further-reading keep-reading continue-reading latest-news latest-posts other-news other-articles top-stories
    lire-aussi leia-mais leia-tambem leggi-anche lees-ook mehr-zum zum-thema mehr-dazu auch-interessant czytaj-takze
    news-list post-list article-list story-list link-list teaser-list teaser-box link-box card-list story-card
    article-card news-card post-card article-teaser promo-card
    most-read most-viewed most-popular most-commented top-read
    sign-up opt-in log-in sign-in mail-chimp email-form email-capture email-signup
    author-bio author-box author-info author-card author-profile author-description author-details author-block
    author-meta author-about about-author post-author author-section
    skip-to jump-to back-top to-top load-more show-more scroll-top
    google-news google-preferred preferred-source whatsapp-channel telegram-channel
    article-tags post-tags entry-tags story-tags tag-list tag-links tag-cloud article-topics topic-list topics-list
    article-meta post-meta entry-meta story-meta
    print-hidden print-none no-print non-print hide-print
    in-image image-caption photo-caption media-caption wp-caption picture-caption
    reading-time read-time time-read
    follow-us follow-me follow-button
    follow-topic follow-author
    support-us support-banner support-box
    cta-box cta-button cta-banner call-action
    article-footer post-footer entry-footer story-footer
    table-contents
    edit-post edit-link
    """.strip().splitlines()
    for pair in line.split()
}
# `has-sidebar`, `no-comments`: a state of something else.
_STATES: Final = frozenset("has no not with without is are show can".split())
_AD: Final = frozenset({"ad"})


@lru_cache(maxsize=8192)
def judge(name: str) -> str | None:
    """The rule by which an element of that class or id is not article, None if its name does not say so.

    >>> judge("ArticleBody_newsletterBox__x9f3"), judge("has-sidebar"), judge("story-text")
    ('newsletter', None, None)
    """
    if len(name) > 100 or (":" in name and not name.startswith("print:")):
        return None
    words = [word.lower() for word in _CUT.findall(name)]
    if not words or words[0] in _STATES or len(words) > 12:
        return None
    for at, word in enumerate(words):
        if at and words[at - 1] in _STATES:
            continue
        if (rule := _WORDS.get(word)) or (at + 1 < len(words) and (rule := _PAIRS.get((word, words[at + 1])))):
            return rule
    if "ad" in words:
        return "advert"
    return None


@lru_cache(maxsize=8192)
def hidden(name: str) -> bool:
    """Whether a class name says that readers do not see the element.

    >>> hidden("sr-only"), hidden("md:hidden")
    (True, False)
    """
    return name.lower().replace("-", "").replace("_", "") in _HIDDEN


@lru_cache(maxsize=8192)
def words(name: str) -> frozenset[str]:
    """The words of a name.

    >>> sorted(words("ArticleBody_intro"))
    ['article', 'body', 'intro']
    """
    return frozenset(word.lower() for word in _CUT.findall(name[:200]))
