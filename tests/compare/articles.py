"""Articles for tests, in our own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scraper.article import Article, Block, BlockKind

PUBLISHED = datetime(2024, 4, 17, 12, 30, tzinfo=UTC)

# What surrounds a changed sentence in its language. Names stand in mid-sentence once, as they do in any report.
AROUND = {
    "en": (
        "The town council of Brovary met on Monday to hear what had been decided about the bridge over the river.",
        "Nothing more was known by the evening, the press office of Mayor Olena Kravets added in a short message.",
    ),
    "uk": (
        "Міська рада зібралася, щоб почути, що вирішено про міст через річку біля села Вільшани.",
        "До вечора більше нічого не було відомо, додали у пресслужбі мера на ім'я Олена Кравець.",
    ),
    "ru": (
        "Городской совет собрался, чтобы услышать, что решено о мосте через реку возле села Ольховка.",
        "К вечеру больше ничего не было известно, добавили в пресс-службе мэра по имени Елена Кравец.",
    ),
    "de": (
        "Der Stadtrat kam zusammen, um zu hören, was über die Brücke am Fluss beschlossen worden war.",
        "Mehr wurde bis zum Abend nicht bekannt, teilte das Büro von Petra Krause in knappen Worten mit.",
    ),
    "fr": (
        "Le conseil municipal s'est réuni pour entendre ce qui avait été décidé à propos du pont sur la rivière.",
        "On n'en savait pas davantage dans la soirée, a ajouté le bureau du maire, Hélène Carpentier, sans détailler.",
    ),
    "zh": ("市议会开会听取了关于河上那座桥的决定。", "市长办公室补充说，到晚上为止没有更多消息。"),
    "ja": (
        "市議会は川に架かる橋についての決定を聞くために集まった。",
        "市長室によると、夕方までに新しい情報はなかった。",
    ),
    "ar": (
        "اجتمع مجلس المدينة للاستماع إلى ما تقرر بشأن الجسر فوق النهر.",
        "وأضاف مكتب رئيس البلدية أن لا معلومات أخرى حتى المساء.",
    ),
}


def article(*blocks: str | tuple[BlockKind, str], **fields: Any) -> Article:
    """An article with these blocks; a plain string is a paragraph."""
    made = tuple(Block("paragraph", each) if isinstance(each, str) else Block(*each) for each in blocks)
    plain = Article(
        url="https://example.org/bridge",
        canonical_url="https://example.org/bridge",
        title="Council decides about the bridge",
        subtitle="A vote that was late by a year",
        authors=("Ann Lee", "Bo Chen"),
        published=PUBLISHED,
        caption="The bridge at low water. (Photo: Ann Lee)",
        language="en",
        origins={"title": "json-ld", "authors": "json-ld", "published": "json-ld", "caption": "figcaption"},
    )
    return replace(plain, **{"blocks": made, **fields})


def around(text: str, language: str, **fields: Any) -> Article:
    """An article in `language` with `text` between two other paragraphs."""
    before, after = AROUND[language]
    return article(before, text, after, language=language, **fields)


def story(**fields: Any) -> Article:
    """An English article of several paragraphs."""
    before, after = AROUND["en"]
    middle = [
        "The old bridge was closed to lorries in spring, after engineers had found cracks in two of its piers.",
        "“We could not wait for another winter,” the head of the road office said. Repairs may take eight months.",
        "A ferry will carry cars across the river until then, and buses will turn around at the northern bank.",
    ]
    return article(before, *middle, after, **fields)
