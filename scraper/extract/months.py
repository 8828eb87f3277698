"""The names of the months, by their beginnings, in the languages of the press: data."""

from __future__ import annotations

from typing import Final

# One row a month. A beginning stands for all forms and cases that go on from it; the longest one that fits counts.
_ROWS: Final = (
    "jan ene gen ian янв січ сту ян јан ιαν sty tammi led jän ocak sausio siječ gennaio jaan يناير ינואר जनवरी",
    "feb fév fev févr фев фев лют φεβ lut helmi úno şubat vasar velj veebr فبراير פברואר फरवरी फ़रवरी",
    "mar mär mrt märz maa márc бер мар сак μαρ bře kovo ožuj märts mart مارس מרץ मार्च",
    "apr abr avr ápr кві апр кра απρ kwi huhti dub nisan baland trav ابريل أبريل אפריל अप्रैल",
    "may mai mei mag maj máj май мая мај тра μαι μαΐ μάι toukok kvě mayıs geguž svib maijs مايو מאי मई",
    "jun juin giu jui iun jún juuni jūn чер июн юни јун чэр ιουν cze kesäk červn červen haziran birž lipnj lipanj "
    "يونيو יוני जून",
    "jul juil lug iul júl juuli jūl лип июл юли јул ліп ιουλ lipc lipi liep heinäk červenec červenc temmuz srpnj "
    "srpanj يوليو יולי जुलाई",
    "aug ago aoû aou agu avg сер авг жні αυγ sie elok srpn srpen ağustos rugpj kolovoz أغسطس اغسطس אוגוסט अगस्त",
    "sep set szep вер сен сеп σεπ wrz syysk zář eylül rugs ruj سبتمبر ספטמבר सितंबर सितम्बर",
    "oct okt ott out ουκ жов окт кас οκτ paź lokak říj ekim spal أكتوبر اكتوبر אוקטובר अक्टूबर",
    "nov noi noe нов ное листопад лістапад νοε marras kasım lapkr stud نوفمبر נובמבר नवंबर नवम्बर",
    "dec dez dic déc des det гру дек сне δεκ gru jouluk pro aralık gruodž ديسمبر דצמבר दिसंबर दिसम्बर",
)
# The same word for different months: read only where the page says in which language it is.
_DIVIDED: Final[dict[str, dict[str, int]]] = {
    "listopad": {"pl": 11, "cs": 11, "sk": 11, "hr": 10, "bs": 10},
    "lis": {"pl": 11, "cs": 11, "hr": 10, "bs": 10},
    "lip": {"pl": 7, "hr": 6, "bs": 6},
    "srp": {"cs": 8, "hr": 7, "bs": 7},
}
_OF: Final = {stem: n for n, row in enumerate(_ROWS, 1) for stem in row.split()}
# Hebrew writes `in` and `of` together with the month.
_PREFIXED: Final = "בל"


def number(name: str, language: str | None = None) -> int | None:
    """The month that `name` begins like, None if none or if that depends on a language that is not known.

    >>> number("Dezember"), number("červenec"), number("listopada"), number("listopada", "pl-PL")
    (12, 7, None, 11)
    """
    name = name.lower().replace("i̇", "i")
    if name[:1] in _PREFIXED:
        name = name[1:]
    for length in range(len(name), 1, -1):
        stem = name[:length]
        if stem in _DIVIDED:
            return _DIVIDED[stem].get((language or "").lower()[:2])
        if stem in _OF:
            return _OF[stem]
    return None
