"""The catalogue of edits that must be seen, each with its kinds: at each place, in eight languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scraper.article import Article
from scraper.compare import compare
from scraper.model import Edit

from .articles import around, article, story

# name: language, before, after, kinds
SENTENCES = {
    # figures
    "12 → 120": ("en", "At least 12 people died in it.", "At least 120 people died in it.", "figures"),
    "12 → 120, German": ("de", "Es gab 12 Tote im Ort.", "Es gab 120 Tote im Ort.", "figures"),
    "a decimal point lost": ("en", "It costs $1.5 million a year.", "It costs $15 million a year.", "figures"),
    "million → billion": ("en", "It costs $1.5 million a year.", "It costs $1.5 billion a year.", "figures"),
    "another currency": ("en", "It costs $300 a month.", "It costs €300 a month.", "figures"),
    "a minus put in": ("en", "It was 5 degrees at noon.", "It was -5 degrees at noon.", "figures"),
    "a number in words": ("en", "Two soldiers were wounded there.", "Three soldiers were wounded there.", "figures"),
    "another day": ("en", "The strike came on Monday at dawn.", "The strike came on Tuesday at dawn.", "figures"),
    "another date": ("en", "It began on April 17 at noon.", "It began on April 18 at noon.", "figures"),
    "a percent sign lost": ("en", "Turnout was 5% in the east.", "Turnout was 5 in the east.", "figures"),
    "a figure struck out": ("en", "It killed three people in the yard.", "It killed people in the yard.", "figures"),
    "a time": ("en", "The siren went off at 12:30 sharp.", "The siren went off at 13:30 sharp.", "figures"),
    "Ukrainian figures": ("uk", "Загинуло 12 людей, каже поліція.", "Загинуло 120 людей, каже поліція.", "figures"),
    "Ukrainian months": ("uk", "Це сталося 17 квітня вранці.", "Це сталося 17 травня вранці.", "figures"),
    "Russian number words": ("ru", "Ранены двое рабочих завода.", "Ранены трое рабочих завода.", "figures"),
    "Russian decimals": ("ru", "Это стоит 1,5 млн рублей в год.", "Это стоит 15 млн рублей в год.", "figures"),
    "German magnitudes": ("de", "Das kostet 1,5 Millionen Euro.", "Das kostet 1,5 Milliarden Euro.", "figures"),
    "French figures": ("fr", "Le pont a coûté 12 000 euros.", "Le pont a coûté 120 000 euros.", "figures"),
    "Chinese numerals": ("zh", "袭击造成三人死亡。", "袭击造成五人死亡。", "figures"),
    "Japanese full-width digits": ("ja", "この事故で１２人が死亡した。", "この事故で１２０人が死亡した。", "figures"),
    "Arabic digits": ("ar", "قتل ١٢ شخصا في الهجوم.", "قتل ١٢٠ شخصا في الهجوم.", "figures"),
    "Arabic number words": ("ar", "قتل ثلاثة أشخاص في الهجوم.", "قتل خمسة أشخاص في الهجوم.", "figures"),
    # names
    "a name spelt otherwise": ("en", "It was signed by Ivan Petrov.", "It was signed by Ivan Petrow.", "names"),
    "another person": ("en", "The order came from Jon Smith.", "The order came from John Smyth.", "names"),
    "another place": ("en", "They were taken to Kherson by bus.", "They were taken to Kharkiv by bus.", "names"),
    "a title in front of a name": ("en", "He met Gen. Novak in the hall.", "He met Gen. Nowak in the hall.", "names"),
    "a known name at the start": (
        "en", "Kravets was there. So was Olena Kravets.", "Kravetz was there. So was Olena Kravetz.", "names"),
    "Ukrainian names": ("uk", "Про це сказав Зеленський учора.", "Про це сказав Зелинський учора.", "names"),
    "Russian names": ("ru", "Об этом сообщил Иванов вечером.", "Об этом сообщил Петров вечером.", "names"),
    "German names": ("de", "Das sagte Karl Vogt im Rathaus.", "Das sagte Karl Voigt im Rathaus.", "names"),
    "French names": ("fr", "C'est ce qu'a dit Paul Martin hier.", "C'est ce qu'a dit Paul Martel hier.", "names"),
    # quotations
    "a comma in a quotation": ("en", "“We will win, soon,” he said.", "“We will win soon,” he said.", "quotes"),
    "a word in straight quotes": ("en", '"We may leave," he said.', '"We must leave," he said.', "quotes"),
    "a word in single quotes": ("en", "‘We may leave,’ he said.", "‘We must leave,’ he said.", "quotes"),
    "a figure in a quotation": (
        "en", "“We lost 3 tanks,” he said.", "“We lost 30 tanks,” he said.", "figures quotes"),
    "scare quotes": ("en", "The peacekeepers left at night.", "The “peacekeepers” left at night.", "quotes"),
    "a sentence put into a mouth": (
        "en", "“We leave,” he said.", "“We leave. But we will come back one day,” he said.", "addition quotes"),
    "an unclosed quotation": ("en", "“We will not leave the town", "“We will leave the town", "quotes"),
    "Ukrainian quotes": ("uk", "«Ми не підемо», — сказав він.", "«Ми підемо», — сказав він.", "quotes"),
    "German quotes": ("de", "„Wir gehen nicht“, sagte er.", "„Wir gehen“, sagte er.", "quotes"),
    "French quotes": ("fr", "« Nous partirons », a-t-il dit.", "« Nous resterons », a-t-il dit.", "quotes"),
    "Japanese quotes": ("ja", "首相は「戦わない」と述べた。", "首相は「戦う」と述べた。", "quotes"),
    "Chinese quotes": ("zh", "他说：“我们会离开。”", "他说：“我们不会离开。”", "quotes"),
    # negations and wording
    "a not put in": ("en", "The minister will attend the talks.", "The minister will not attend the talks.", "wording"),
    "can't → can": ("en", "They can't cross the river now.", "They can cross the river now.", "wording"),
    "another verb": ("en", "The firm dismissed its director.", "The firm released its director.", "wording"),
    "fired → hired": ("en", "The firm fired its director.", "The firm hired its director.", "wording"),
    "another ending": ("en", "The army attacks the port at night.", "The army attacked the port at night.", "wording"),
    "a Ukrainian не": ("uk", "Вони не погодилися з рішенням.", "Вони погодилися з рішенням.", "wording"),
    "a Russian не": ("ru", "Они не согласились с решением.", "Они согласились с решением.", "wording"),
    "a German nicht": ("de", "Sie stimmten dem Plan nicht zu.", "Sie stimmten dem Plan zu.", "wording"),
    "klein → kein": ("de", "Das ist klein Fehler im Plan.", "Das ist kein Fehler im Plan.", "wording"),
    "newer → never": ("en", "It was newer built to last.", "It was never built to last.", "wording"),
    "a French ne … pas": ("fr", "Ils acceptent ce plan.", "Ils n'acceptent pas ce plan.", "wording"),
    "a Chinese 不": ("zh", "他们同意这个计划。", "他们不同意这个计划。", "wording"),
    "a Japanese character": ("ja", "住民は橋を渡った。", "住民は川を渡った。", "wording"),
    "an Arabic لم": ("ar", "وافق السكان على الخطة.", "لم يوافق السكان على الخطة.", "wording"),
    "a Ukrainian case of a name": (
        "uk", "Про це сказав Зеленський учора.", "Про це за словами Зеленського учора.", "wording"),
    "a German noun": ("de", "Er wohnt in dem Haus am Fluss.", "Er wohnt in dem Gebäude am Fluss.", "wording"),
    "another figure, and more besides": (
        "en", "It passed in 2019.", "It passed in 2018, after years of debate in both chambers.", "addition figures"),
    "a rewritten sentence": (
        "en", "The forces have begun to withdraw, the Kremlin said in the morning.",
        "The withdrawal of the forces has begun, the Kremlin said.", "wording"),
    "dots of an abbreviation": ("en", "The U.S. envoy left at noon.", "The US envoy left at noon.", "cosmetic"),
    # typos
    "a letter left out": ("en", "The goverment met in the capital.", "The government met in the capital.", "typo"),
    "two letters swapped": ("en", "It was seen by teh guards there.", "It was seen by the guards there.", "typo"),
    "a doubled word": ("en", "A witness saw the the army leave.", "A witness saw the army leave.", "typo"),
    "a Ukrainian slip": ("uk", "Це підтвердили місцві мешканці.", "Це підтвердили місцеві мешканці.", "typo"),
    "a German slip": ("de", "Das bestätigte die Regirung am Abend.", "Das bestätigte die Regierung am Abend.", "typo"),
    # cosmetic
    "a comma": ("en", "The plan, however good is dead.", "The plan, however good, is dead.", "cosmetic"),
    "one curled quote": ("en", 'The "plan" is dead.', "The “plan” is dead.", "cosmetic"),
    "a dash": ("en", "The plan - a good one - is dead.", "The plan – a good one – is dead.", "cosmetic"),
    "capitals": ("en", "The prime minister is in town.", "The Prime Minister is in town.", "cosmetic"),
    "a grouping comma": ("en", "It cost 1500 dollars to build.", "It cost 1,500 dollars to build.", "cosmetic"),
    "the same number in words": ("en", "Some twelve soldiers were there.", "Some 12 soldiers were there.", "cosmetic"),
    "other digits, same figure": ("ar", "قتل ١٢ شخصا في الهجوم.", "قتل 12 شخصا في الهجوم.", "cosmetic"),
    "an apostrophe": ("fr", "C'est l'avis du maire de la ville.", "C’est l’avis du maire de la ville.", "cosmetic"),
    # additions and removals within a paragraph
    "a sentence more": (
        "en", "The army left.", "The army left. It took all its guns along, a witness said.", "addition"),
    "a sentence less": ("en", "It left. It took guns. Why is unknown.", "It left. Why is unknown.", "removal"),
    "a clause less": (
        "en", "The army left after it had been warned by its own scouts.", "The army left.", "removal"),
    "a Chinese sentence less": ("zh", "军队走了。他们带走了所有武器。原因不明。", "军队走了。原因不明。", "removal"),
    "a Russian sentence more": ("ru", "Армия ушла.", "Армия ушла. Она забрала с собой всё оружие.", "addition"),
    # notices
    "a correction at the end": (
        "en", "The army left.", "The army left. Correction: an earlier version said the navy left.", "correction"),
    "an update label": ("en", "The army left the port.", "UPDATE: The army left the port.", "correction"),
}  # fmt: skip


def edit(old: Article, new: Article) -> Edit:
    verdict = compare(old, new)
    assert verdict.kind == "edited", verdict
    assert verdict.edit
    return verdict.edit


@pytest.mark.parametrize("name", SENTENCES)
def test_a_changed_sentence_is_an_edit_of_its_kind(name: str) -> None:
    language, before, after, kinds = SENTENCES[name]
    found = edit(around(before, language), around(after, language))
    assert " ".join(found.kinds) == kinds, found.parts
    assert {part.block for part in found.parts} == {1}


@pytest.mark.parametrize(
    "name", [name for name, case in SENTENCES.items() if case[3] in {"figures", "quotes", "names"}]
)
def test_a_change_of_sense_is_one_in_both_directions(name: str) -> None:
    language, before, after, kinds = SENTENCES[name]
    assert " ".join(edit(around(after, language), around(before, language)).kinds) == kinds


NOTICES = {
    "en": "Correction: An earlier version of this article named the wrong river.",
    "en, dated": "Update, April 18, 3:15 p.m.: The headline of this story was changed.",
    "en, editor": "Editor’s note: The name of the mayor has been put right.",
    "en, admission": "This article was amended to say that the bridge is closed to lorries only.",
    "uk": "Виправлено: у попередній версії новини річку було названо помилково.",
    "ru": "Уточнение: в предыдущей версии текста река была названа ошибочно.",
    "de": "Korrektur: In einer früheren Version dieses Artikels war der Fluss falsch benannt.",
    "fr": "Rectificatif : une première version de cet article nommait une autre rivière.",
    "es": "Fe de errores: una versión anterior de este artículo nombraba otro río.",
    "zh": "更正：本文早前版本写错了河流的名称。",
    "ja": "訂正：記事の一部を修正しました。",
    "ar": "تصحيح: ذكرت نسخة سابقة من هذا الخبر اسم نهر آخر.",
}


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_put_below_the_text_is_a_correction_and_ends_stealth(name: str) -> None:
    language = name.partition(",")[0]
    old = replace(around("It cost 12 pounds.", language if language != "es" else "fr"), language=language)
    blocks = tuple(replace(block, text=block.text.replace("12", "120")) for block in old.blocks)
    new = replace(old, blocks=(*blocks, replace(blocks[0], text=NOTICES[name])))
    found = edit(old, new)
    assert found.kinds == ("correction", "figures")
    assert not found.stealth


ROUTINE = {
    "en": "This is a developing story and will be updated.",
    "en, editor": "Editor's note: This is a developing story and is being updated.",
    "uk": "Новина доповнюється.",
    "ru": "Новость дополняется",
    "de": "Dieser Artikel wird laufend aktualisiert.",
    "fr": "Plus d’informations à venir.",
    "zh": "本文将持续更新。",
    "ar": "التفاصيل لاحقا",
}


@pytest.mark.parametrize("name", ROUTINE)
def test_a_promise_of_more_goes_by_routine_and_not_in_stealth(name: str) -> None:
    old = story(language=name.partition(",")[0])
    found = edit(replace(old, blocks=(*old.blocks, replace(old.blocks[0], text=ROUTINE[name]))), old)
    assert (found.kinds, found.stealth) == (("routine",), False)


def test_a_paragraph_that_went_is_a_removal_with_its_words() -> None:
    old = story()
    found = edit(old, replace(old, blocks=old.blocks[:2] + old.blocks[3:]))
    assert [(part.kind, part.old, part.new) for part in found.parts] == [("removal", old.blocks[2].text, "")]


def test_a_paragraph_that_came_is_an_addition_at_its_place() -> None:
    new = story()
    found = edit(replace(new, blocks=new.blocks[:2] + new.blocks[3:]), new)
    assert [(part.kind, part.new, part.block) for part in found.parts] == [("addition", new.blocks[2].text, 2)]


def test_a_paragraph_that_stands_elsewhere_is_moved_and_nothing_else() -> None:
    old = story()
    found = edit(old, replace(old, blocks=(old.blocks[3], *old.blocks[:3], old.blocks[4])))
    assert found.kinds == ("moved",)
    assert [part.block for part in found.parts] == [0]


def test_a_moved_paragraph_with_a_changed_figure_is_both() -> None:
    old = story()
    moved = replace(old.blocks[3], text=old.blocks[3].text.replace("northern", "2 northern"))
    found = edit(old, replace(old, blocks=(moved, *old.blocks[:3], old.blocks[4])))
    assert found.kinds == ("figures", "moved")


def test_a_split_paragraph_is_cosmetic_and_loses_nothing() -> None:
    found = edit(
        article("The army left. Nobody knows why it did."), article("The army left.", "Nobody knows why it did.")
    )
    assert found.kinds == ("cosmetic",)


def test_a_split_does_not_hide_a_figure() -> None:
    old = around("The army left with 12 guns in the night. Nobody in the town knows why it did.", "en")
    before, after = old.blocks[0].text, old.blocks[2].text
    new = article(before, "The army left with 120 guns in the night.", "Nobody in the town knows why it did.", after)
    assert edit(old, new).kinds == ("cosmetic", "figures")


def test_a_subheading_that_says_something_else_is_wording_not_a_removal() -> None:
    paragraphs = story().blocks
    old = replace(
        story(), blocks=(*paragraphs[:2], replace(paragraphs[0], kind="subheading", text="Background"), *paragraphs[2:])
    )
    new = replace(old, blocks=tuple(replace(b, text="Details") if b.kind == "subheading" else b for b in old.blocks))
    assert edit(old, new).kinds == ("wording",)


# ---------------------------------------------------------------------------------------------- fields

FIELDS: dict[str, dict[str, Any]] = {
    "headline": {"title": "Council decides against the bridge"},
    "subtitle": {"subtitle": "A vote that was late by two years"},
    "byline": {"authors": ("Ann Lee", "Cy Dunn")},
    "caption": {"caption": "The bridge at high water. (Photo: Ann Lee)"},
}


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_that_says_something_else_is_an_edit_of_that_field(kind: str) -> None:
    found = edit(story(), story(**FIELDS[kind]))
    assert found.kinds == (kind,)
    assert found.stealth == (kind == "headline")


def test_a_figure_in_a_headline_is_a_headline_edit() -> None:
    assert edit(story(title="12 died"), story(title="120 died")).kinds == ("headline",)


def test_an_earlier_date_is_an_edit() -> None:
    found = edit(story(), story(published=datetime(2024, 4, 15, 9, tzinfo=UTC)))
    assert [(part.kind, part.old, part.new) for part in found.parts] == [("date", "2024-04-17", "2024-04-15")]


def test_a_later_date_is_an_edit_if_the_page_was_modified_at_another_time() -> None:
    old = story(modified=datetime(2024, 4, 17, 13, tzinfo=UTC))
    new = replace(old, published=datetime(2024, 4, 20, 9, tzinfo=UTC), modified=datetime(2024, 4, 20, 15, tzinfo=UTC))
    assert edit(old, new).kinds == ("date",)


@pytest.mark.parametrize("name", ["subtitle", "caption", "authors", "title"])
def test_a_field_that_went_counts_if_the_page_was_modified(name: str) -> None:
    old = story(modified=datetime(2024, 4, 17, 13, tzinfo=UTC))
    empty: object = () if name == "authors" else None
    gone = story(**{name: empty, "modified": datetime(2024, 4, 18, tzinfo=UTC)})
    assert len(edit(old, gone).parts) == 1


def test_a_byline_struck_from_data_that_is_still_there_counts() -> None:
    origins = {"title": "json-ld", "published": "json-ld"}
    assert edit(story(), story(authors=(), origins=origins)).kinds == ("byline",)


def test_beside_a_real_edit_a_lost_caption_is_named_too() -> None:
    old, new = around("It cost 12 pounds.", "en"), around("It cost 120 pounds.", "en", caption=None)
    assert edit(old, new).kinds == ("caption", "figures")
