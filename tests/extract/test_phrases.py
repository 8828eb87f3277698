"""Where a pattern is looked for only beside its hints, it finds what it finds without them."""

from __future__ import annotations

import pytest

from scraper.extract import phrases

NOTICES = [
    "Externer Inhalt", "INHALT VON YOUTUBE ANZEIGEN", "Contenu externe", "contenido externo", "External content",
    "third-party content", "externe inhoud", "Zewnętrzne treści", "Personenbezogene Daten können an Dritte gehen",
    "To see this video", "to watch this post", "To view this embed", "JavaScript ist deaktiviert", "Enable JavaScript",
    "Cookie akzeptieren", "Please enable all cookies", "Consent to cookies to view", "EXTERNER İNHALT",
]  # fmt: skip
DOORS = [
    "/subscribe", "/donate", "/x?donacion=1", "/membership/", "/support-us", "/contribute", "/newsletters", "/sign-up",
    "/signup", "/register", "/log-in", "/login", "/join", "/abo", "/abonnement", "/spenden", "/patreon", "/steady",
    "/don", "/dons/", "/soutenir", "/suscripcion", "/assine", "/abbonati", "/dona", "/sostieni", "/wsparcie",
    "/wesprzyj", "/podporte", "/checkout", "/plans", "/offers", "/signin", "/patron", "/liberapay", "/buymeacoffee",
    "/kofi", "/ko-fi", "/friend", "/join-us", "/destek", "/apoie", "/apoiar",
    "/hazte-socia", "/steun",
    "/doneer", "/doar", "/doacao", "/mitgliedschaft", "/foerdern", "/unterstuetzen", "/prispet",
    "/wplac",
    "/tamogatas", "/sustine", "/doneaza", "/abonelik", "/uyelik", "/boletines", "/nyhetsbrev", "/nieuwsbrief",
    "/bulten", "/rassylki", "/rozsylka", "/ſubscribe", "/JOİN", "/\u212aofi",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice_about_something_from_elsewhere_has_a_hint(text: str) -> None:
    assert phrases.EMBED.search(text)


@pytest.mark.parametrize("href", DOORS)
def test_an_address_to_sign_up_or_pay_has_a_hint(href: str) -> None:
    assert phrases.CALL.search(href)


def test_a_note_how_to_tell_of_a_slip_has_a_hint() -> None:
    assert phrases.REPORT.search("Press Ctrl + Enter")


def test_a_sentence_without_hints_is_none_of_these() -> None:
    assert not any(one.search("The bridge was closed on Monday.") for one in (phrases.EMBED, phrases.REPORT))
