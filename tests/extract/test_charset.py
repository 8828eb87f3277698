"""Bytes become the text their writer meant; what cannot be known is shown as damage and flagged."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.charset import CODECS, decode
from scraper.errors import ExtractError
from tests.extract.pages import PARAGRAPHS, page, read, texts

FRENCH = "L’été dernier, la ville a rouvert le pont ; les mouettes, elles, n’étaient jamais parties — dit-on."
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, zatímco most přes řeku zůstával zavřený druhou zimu po sobě."
RUSSIAN = "Мост через гавань открыли в понедельник, через две зимы после того, как в опоре нашли трещины."
JAPANESE = "港の橋は月曜日に再び開通した。技術者が北側の橋脚に亀裂を見つけてから二度目の冬が過ぎていた。"


def html(text: str, codec: str, meta: str = "") -> bytes:
    return page([text, *PARAGRAPHS]).decode().replace('<meta charset="utf-8">', meta).encode(codec, "xmlcharrefreplace")


@pytest.mark.parametrize(
    ("text", "codec", "content_type", "meta"),
    [
        (FRENCH, "utf-8", "text/html; charset=utf-8", '<meta charset="iso-8859-1">'),
        (FRENCH, "cp1252", "text/html; charset=iso-8859-1", ""),
        (FRENCH, "cp1252", "text/html; charset=windows-1252", ""),
        (FRENCH, "cp1252", None, ""),
        (FRENCH, "utf-8", None, ""),
        (FRENCH, "utf-8", "text/html; charset=iso-8859-1", ""),
        (FRENCH, "utf-8-sig", "text/html; charset=koi8-r", ""),
        (FRENCH, "utf-16", "text/html", ""),
        (FRENCH, "utf-16-le", "text/html; charset=utf-16", ""),
        (FRENCH, "utf-16-be", "text/html; charset=utf-16", ""),
        (FRENCH, "utf-8", "text/html; charset=utf-16", ""),
        (FRENCH, "utf-8", "text/html", '<meta charset="utf-16">'),
        (CZECH, "cp1250", None, '<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">'),
        (RUSSIAN, "koi8-r", "text/html", '<meta charset="koi8-r">'),
        (RUSSIAN, "cp1251", "text/html; charset=cp1251", ""),
        (RUSSIAN, "cp1251", None, ""),
        (JAPANESE, "shift_jis", "text/html; charset=Shift_JIS", ""),
        (JAPANESE, "euc_jp", "text/html; charset=EUC-JP", ""),
        (FRENCH, "utf-8", "text/html; charset=utf-8; charset=koi8-r", ""),
        (FRENCH, "utf-8", "text/html; charset='\"utf-8\"'", ""),
    ],
)
def test_text_is_read_as_it_was_written(text: str, codec: str, content_type: str | None, meta: str) -> None:
    article = read(html(text, codec, meta), content_type=content_type)
    assert texts(article) == [text, *PARAGRAPHS]
    assert "undecodable" not in article.flags


@pytest.mark.parametrize(
    "name",
    ["hex", "rot13", "bz2", "zlib", "base64", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape",
     "mbcs", "utf-7", "utf_8_sig", "x" * 5_000, "\x00utf-8", ""],
)  # fmt: skip
def test_a_codec_that_browsers_do_not_know_is_as_good_as_none(name: str) -> None:
    assert texts(read(html(FRENCH, "utf-8"), content_type=f"text/html; charset={name}"))[0] == FRENCH


def test_no_codec_comes_from_outside_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    find = codecs.lookup

    def lookup(name: str) -> codecs.CodecInfo:
        asked.append(name)
        return find(name)

    monkeypatch.setattr(codecs, "lookup", lookup)
    decode(FRENCH.encode(), "text/html; charset=punycode")
    assert set(asked) <= set(CODECS.values())


@pytest.mark.parametrize("label", ["latin1", "ISO_8859-1:1987", "us-ascii"])
def test_latin_1_means_windows_1252(label: str) -> None:
    assert decode("“Été”".encode("cp1252"), f"text/html; charset={label}").text == "“Été”"


def test_every_label_names_a_codec_that_exists() -> None:
    assert {codecs.lookup(codec).name for codec in CODECS.values()}
    assert len(CODECS) > 200


def test_both_declarations_may_lie() -> None:
    article = read(html(FRENCH * 3, "cp1252", '<meta charset="utf-8">'), content_type="text/html; charset=utf-8")
    assert texts(article)[0] == FRENCH * 3


def test_a_foreign_piece_in_the_middle_is_shown_as_damage_and_flagged() -> None:
    whole = html(f"{RUSSIAN} {FRENCH}", "utf-8")
    article = read(whole.replace(b"<p>The ferry stays.", b"<p>The f\xe9rry stays."))
    assert "undecodable" in article.flags
    assert RUSSIAN in texts(article)[0]
    assert any("f\ufffdrry" in text for text in texts(article))


def test_nuls_are_no_text() -> None:
    article = read(page().replace(b"Harbour bridge", b"Har\0bour bri\0dge").replace(b"The ferry", b"The\0 ferry"))
    assert texts(article) == list(PARAGRAPHS)
    assert "\0" not in article.text


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\0\0\0"])
def test_nothing_at_all_is_empty(data: bytes) -> None:
    with pytest.raises(ExtractError) as caught:
        read(data)
    assert caught.value.reason == "empty"


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 800,
        b"PK\x03\x04" + bytes(range(256)) * 100,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20,
        b"\x1f\x8b\x08\0" + bytes(range(255, -1, -1)) * 50,
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(ExtractError) as caught:
        read(data, content_type="text/html; charset=utf-8")
    assert caught.value.reason == "not-text"


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=60)))
@example(b"\xff\xfe", "charset=utf-8")
@example(b"\xef\xbb\xbf", None)
@example(b"<meta charset=\xff>", "text/html;charset")
def test_any_bytes_under_any_type_give_text_and_never_a_nul(data: bytes, content_type: str | None) -> None:
    text = decode(data, content_type).text
    assert "\0" not in text
    text.encode()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_utf_8_is_always_read_back(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8").text == text.removeprefix("\ufeff")


@pytest.mark.timeout(100)
def test_decoding_a_large_page_takes_no_time() -> None:
    data = (FRENCH * 20_000).encode("cp1252")
    assert len(decode(data, "text/html; charset=punycode").text) == len(data)


def test_korean_that_is_declared_utf_8_is_read_all_the_same() -> None:
    """The bytes win if they leave no doubt."""
    korean = "시의회는 월요일에 옛 부두를 다시 짓기로 했다. 대통령은 기자회견에서 재발 방지를 약속했다. " * 9
    assert decode(korean.encode("cp949"), "text/html; charset=utf-8").text == korean


def test_declared_utf_8_with_a_third_of_it_pasted_from_elsewhere_stays_utf_8() -> None:
    """Most is shown as it was meant, the rest as damage; nothing turns into another alphabet."""
    french = "Le conseil a décidé à l’unanimité de reconstruire l’ancien quai détruit l’été passé. " * 18
    decoded = decode(french.encode() + french[: len(french) // 2].encode("cp1252"), "text/html; charset=utf-8")
    assert (decoded.text.startswith(french), decoded.damaged) == (True, True)
