"""The one door to snowballstemmer: which words of a language are forms of one word. https://snowballstem.org"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Final, cast

# Its own list picks another implementation where one happens to be installed: stems of two would not go together.
_ALGORITHMS: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

Stem = Callable[[str], str]


def stemmer(language: str) -> Stem | None:
    """What takes a word of a language (ISO 639 code), in small letters, to its stem; None if none is known.

    For one thread: ask for one each time it is needed.
    """
    name = _ALGORITHMS.get(language)
    if name is None:
        return None
    module = importlib.import_module(f"snowballstemmer.{name}_stemmer")
    return cast("Stem", getattr(module, f"{name.title()}Stemmer")().stemWord)


def language(code: str | None) -> str:
    """The language without its country, empty if unknown.

    >>> language("pt-BR"), language("ZH_hant"), language(None)
    ('pt', 'zh', '')
    """
    short = (code or "").lower().replace("_", "-").partition("-")[0]
    return short if short.isascii() and short.isalpha() and len(short) <= 3 else ""
