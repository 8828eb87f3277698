"""What words mean, language by language: numbers, days and months, negations, notices. Data, and how to ask it.

A language that is missing here loses nothing but precision: a changed number word is then `wording` instead of
`figures`. Where the language of an article is not known or not here, all of them are asked at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

# value: its words in all the forms that are printed; `e6` is a million. Words that mostly mean something else ("one",
# "second", "a") are left out on purpose where they are only an article or a moment.
_NUMBERS: Mapping[str, str] = {
    "en": "0 zero; 1 one; 2 two; 3 three; 4 four; 5 five; 6 six; 7 seven; 8 eight; 9 nine; 10 ten; 11 eleven;"
    "12 twelve; 13 thirteen; 14 fourteen; 15 fifteen; 16 sixteen; 17 seventeen; 18 eighteen; 19 nineteen; 20 twenty;"
    "30 thirty; 40 forty; 50 fifty; 60 sixty; 70 seventy; 80 eighty; 90 ninety; dozen dozen dozens; score scores;"
    "e2 hundred hundreds; e3 thousand thousands; e6 million millions m mn; e9 billion billions bn; "
    "e12 trillion trillions;"
    "half half; third third thirds; quarter quarter quarters; double doubled; triple tripled; pct percent percentage",
    "uk": "1 один одна одне одного одній одну; 2 два дві двох двом двома двоє; 3 три трьох трьом трьома троє;"
    "4 чотири чотирьох чотирьом четверо; 5 п'ять п'яти п'ятьох п'ятеро; 6 шість шести шістьох шестеро;"
    "7 сім семи сімох семеро; 8 вісім восьми вісьмох; 9 дев'ять дев'яти; 10 десять десяти десятьох десятеро;"
    "11 одинадцять; 12 дванадцять; 15 п'ятнадцять; 20 двадцять двадцяти; 30 тридцять тридцяти; 40 сорок сорока;"
    "50 п'ятдесят; 60 шістдесят; 70 сімдесят; 80 вісімдесят; 90 дев'яносто; 100 сто ста; 200 двісті; 300 триста;"
    "e3 тисяча тисячі тисяч тис; e6 мільйон мільйони мільйонів мільйона млн; e9 мільярд мільярди мільярдів млрд;"
    "half половина половини половину; pct відсоток відсотків відсотки",
    "ru": "1 один одна одно одного одной одну; 2 два две двух двум двумя двое; 3 три трех трёх трем трём трое;"
    "4 четыре четырех четырёх четверо; 5 пять пяти пятеро; 6 шесть шести шестеро; 7 семь семи семеро;"
    "8 восемь восьми; 9 девять девяти; 10 десять десяти десятеро; 11 одиннадцать; 12 двенадцать; 15 пятнадцать;"
    "20 двадцать двадцати; 30 тридцать тридцати; 40 сорок сорока; 50 пятьдесят; 60 шестьдесят; 70 семьдесят;"
    "80 восемьдесят; 90 девяносто; 100 сто ста; 200 двести; 300 триста; e3 тысяча тысячи тысяч тыс;"
    "e6 миллион миллионы миллионов миллиона млн; e9 миллиард миллиарды миллиардов миллиарда млрд;"
    "half половина половины половину; pct процент процентов процента",
    "de": "0 null; 1 ein eins eine einen einem; 2 zwei; 3 drei; 4 vier; 5 fünf; 6 sechs; 7 sieben; 8 acht; 9 neun;"
    "10 zehn; 11 elf; 12 zwölf; 13 dreizehn; 14 vierzehn; 15 fünfzehn; 16 sechzehn; 17 siebzehn; 18 achtzehn;"
    "19 neunzehn; 20 zwanzig; 30 dreißig; 40 vierzig; 50 fünfzig; 60 sechzig; 70 siebzig; 80 achtzig; 90 neunzig;"
    "dozen dutzend dutzende; e2 hundert hunderte; e3 tausend tausende; e6 million millionen mio; "
    "e9 milliarde milliarden mrd; half hälfte; third drittel; quarter viertel; pct prozent",
    "fr": "0 zéro; 1 un une; 2 deux; 3 trois; 4 quatre; 5 cinq; 6 six; 7 sept; 8 huit; 9 neuf; 10 dix; 11 onze;"
    "12 douze; 13 treize; 14 quatorze; 15 quinze; 16 seize; 20 vingt vingts; 30 trente; 40 quarante; 50 cinquante; "
    "60 soixante; dozen douzaine douzaines; 10s dizaine dizaines; e2 cent cents; 100s centaine centaines; e3 mille; "
    "1000s millier milliers;"
    "e6 million millions; e9 milliard milliards; half moitié; third tiers; quarter quart quarts",
    "es": "0 cero; 1 uno una un; 2 dos; 3 tres; 4 cuatro; 5 cinco; 6 seis; 7 siete; 8 ocho; 9 nueve; 10 diez; 11 once;"
    "12 doce; 13 trece; 14 catorce; 15 quince; 20 veinte; 30 treinta; 40 cuarenta; 50 cincuenta; 60 sesenta; "
    "70 setenta; 80 ochenta; 90 noventa; dozen docena docenas; e2 cien ciento cientos; e3 mil miles; "
    "e6 millón millones; half mitad",
    "zh": "0 零 〇; 1 一; 2 二 两 兩; 3 三; 4 四; 5 五; 6 六; 7 七; 8 八; 9 九; "
    "10 十; e2 百; e3 千; e4 万 萬; e8 亿 億; half 半",
    "ja": "0 〇 零; 1 一; 2 二; 3 三; 4 四; 5 五; 6 六; 7 七; 8 八; 9 九; "
    "10 十; e2 百; e3 千; e4 万; e8 億; e12 兆; half 半",
    "ar": "1 واحد واحدة; 2 اثنان اثنين اثنتان اثنتين; 3 ثلاثة ثلاث; 4 أربعة أربع; 5 خمسة خمس; 6 ستة ست; 7 سبعة سبع;"
    "8 ثمانية ثماني; 9 تسعة تسع; 10 عشرة عشر; 20 عشرون عشرين; 30 ثلاثون ثلاثين; 40 أربعون أربعين; 50 خمسون خمسين;"
    "dozen عشرات; e2 مئة مائة مئات; e3 ألف آلاف الاف; e6 مليون ملايين; e9 مليار مليارات; half نصف",
}  # fmt: skip

_DATES: Mapping[str, str] = {
    "en": "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december today yesterday tomorrow",
    "uk": "понеділок вівторок середа середу четвер п'ятниця п'ятницю субота суботу неділя неділю понеділка вівторка"
    " середи четверга п'ятниці суботи неділі січня лютого березня квітня травня червня липня серпня вересня жовтня"
    " листопада грудня січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень"
    " сьогодні вчора завтра",
    "ru": "понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье понедельника вторника"
    " среды четверга пятницы субботы воскресенья января февраля марта апреля мая июня июля августа сентября октября"
    " ноября декабря январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
    " сегодня вчера завтра",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz april mai juni"
    " juli august september oktober november dezember heute gestern",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août"
    " septembre octobre novembre décembre aujourd'hui hier demain",
    "es": "lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto"
    " septiembre octubre noviembre diciembre hoy ayer",
    "ar": "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس"
    " سبتمبر أكتوبر نوفمبر ديسمبر اليوم أمس غدا",
}

_NEGATIONS: Mapping[str, str] = {
    "en": "not no never none nobody nothing neither nor without cannot",
    "uk": "не ні ніколи ніхто нічого ніде жоден жодна жодне без немає",
    "ru": "не ни нет никогда никто ничего нигде без нельзя",
    "de": "nicht nichts nie niemals niemand kein keine keinen keinem keiner keines ohne weder noch",
    "fr": "ne n'est n'a pas non jamais rien aucun aucune personne sans ni",
    "es": "no nunca nada nadie ningún ninguna ninguno sin ni tampoco",
    "zh": "不 没 沒 無 无 未 非 否 別 别",
    "ja": "無 不 非 未",
    "ar": "لا لم لن ليس ليست غير ما دون بدون",
}

# What a figure counts or measures, if it stands right behind the figure: the same figure of something else is another.
_UNITS: Mapping[str, str] = {
    "": "km; m; cm; mm; kg; g; mg; t; l; ml; ha; mph; kmh; kw; kwh; mw; mwh; gw; gwh; hz; mhz; ghz; kb; mb; gb; tb;"
    "pp; usd; eur; gbp; chf; uah; rub; pln; jpy; cny; c; f",
    "en": "km kilometer kilometers kilometre kilometres; m metre meter metres meters; cm centimetre centimetres"
    " centimeter centimeters; mi mile miles; yd yard yards; ft foot feet; in inch inches; kg kilogram kilograms kilos;"
    "lb pound pounds; oz ounce ounces; g gram grams; t ton tons tonne tonnes; l litre litres liter liters;"
    "gal gallon gallons; bbl barrel barrels; ha hectare hectares; acre acres; sq square; deg degree degrees; celsius;"
    "fahrenheit; pct percent; pp percentage; pml promille; points point; s second seconds; min minute minutes;"
    "h hour hours; d day days; w week weeks;"
    "mon month months; y year years; usd dollar dollars; eur euro euros; uah hryvnia hryvnias; rub ruble rubles rouble"
    " roubles; yen; yuan; cent cents; knots knot",
    "uk": "км кілометр кілометри кілометрів; м метр метри метрів; см сантиметр сантиметрів; мм; миля милі миль; кг"
    " кілограм кілограмів; г грам грамів; т тонна тонни тонн; л літр літри літрів; га гектар гектари гектарів;"
    "градус градуси градусів; відсоток відсотки відсотків; проміле; пункт пункти пунктів; с секунда секунди секунд;"
    "хв хвилина хвилини хвилин; год година"
    " години годин; день дні днів; тиждень тижні тижнів; місяць місяці місяців; рік роки років; грн гривня гривні"
    " гривень; дол долар долари доларів; євро; рубль рублі рублів; квт; мвт",
    "ru": "км километр километра километров; м метр метра метров; см сантиметр сантиметров; мм; миля мили миль; кг"
    " килограмм килограммов; г грамм граммов; т тонна тонны тонн; л литр литра литров; га гектар гектара гектаров;"
    "градус градуса градусов; процент процента процентов; промилле; пункт пункта пунктов; с секунда секунды секунд;"
    "мин минута минуты минут; ч час часа"
    " часов; день дня дней; неделя недели недель; месяц месяца месяцев; год года лет; руб рубль рубля рублей; дол"
    " доллар доллара долларов; евро; гривна гривны гривен; квт; мвт",
    "de": "km kilometer kilometern; m meter metern; cm zentimeter zentimetern; meile meilen; kg kilo kilogramm;"
    "g gramm; t tonne tonnen; l liter litern; ha hektar; grad; prozent; promille; punkt punkte punkten;"
    "prozentpunkt prozentpunkte prozentpunkten;"
    "sekunde sekunden; min minute minuten; h stunde stunden; tag tage tagen; woche wochen; monat monate monaten; jahr"
    " jahre jahren; eur euro; usd dollar; franken; rubel; pfund",
    "fr": "km kilomètre kilomètres; m mètre mètres; cm centimètre centimètres; mile miles; kg kilo kilos kilogramme"
    " kilogrammes; g gramme grammes; t tonne tonnes; l litre litres; ha hectare hectares; degré degrés; point points;"
    "seconde secondes; min minute minutes; h heure heures; jour jours; semaine semaines; mois; an ans année années;"
    "eur euro euros; usd dollar dollars; livre livres; rouble roubles",
    "es": "km kilómetro kilómetros; m metro metros; cm centímetro centímetros; milla millas; kg kilo kilos kilogramo"
    " kilogramos; g gramo gramos; t tonelada toneladas; l litro litros; ha hectárea hectáreas; grado grados; punto"
    " puntos; segundo segundos; min minuto minutos; h hora horas; día días; semana semanas; mes meses; año años;"
    "eur euro euros; usd dólar dólares; peso pesos; rublo rublos",
    "zh": "元; 美; 欧; 港; 日; 公; 英; 海; 里; 米; 厘; 毫; 斤; 吨; 噸; 度; 年; 月; 天; 周; 时; 分; 秒; 平",
    "ja": "円; ド; ユ; 元; キ; メ; セ; マ; ト; 度; 年; 月; 日; 週; 時; 分; 秒; 人",
    "ar": "كم كيلومتر كيلومترا كيلومترات; متر مترا أمتار; ميل ميلا أميال; كغ كيلوغرام كيلوغراما; طن طنا أطنان; لتر لترا"
    " لترات; هكتار هكتارا هكتارات; درجة درجات; نقطة نقاط; ثانية ثوان; دقيقة دقائق; ساعة ساعات; يوم يوما أيام; أسبوع"
    " أسبوعا أسابيع; شهر شهرا أشهر; سنة سنوات عام عاما أعوام; دولار دولارا دولارات; يورو; جنيه جنيها جنيهات;"
    "روبل روبلا",
}

# Forms of a small word that follow from the sound of the next one.
_SOUNDS: Mapping[str, str] = {
    "en": "a an",
    "uk": "в у уві; і й та; з із зі; від од; над наді; під піді; уже вже; усе все; увесь весь; учора вчора",
    "ru": "в во; с со; к ко; о об обо; из изо; от ото; над надо; под подо",
    "pl": "w we; z ze; od ode; nad nade; pod pode; przed przede",
    "cs": "v ve; z ze; s se; k ke ku; od ode",
    "es": "y e; o u",
    "it": "e ed; a ad; o od; il lo l'; un uno",
}

# Notices begin their block (or their sentence) with the word, then a colon, a dash, a date or nothing.
_NOTICES: Mapping[str, str] = {
    "en": r"corrections?|clarifications?|corrigendum|errat(?:um|a)|retraction|updated?|amended|editor[s']{0,2} note",
    "uk": r"виправлен[оня]+|уточнен[оня]+|оновлен[оня]+|спростування|доповнено|примітка редак\w+|від редакції",
    "ru": r"исправлен[оие]+|уточнен[оие]+|обновлен[оие]+|обновлён|поправка|опровержение|дополнено"
    r"|примечание редак\w+|от редакции",
    "de": r"korrektur(?:hinweis)?|berichtigung|richtigstellung|klarstellung|aktualisiert|aktualisierung|update"
    r"|(?:anmerkung|hinweis) der redaktion|anm\. ?d\. ?red\.?",
    "fr": r"correction|rectificati(?:f|on)|erratum|précision|mis(?:e)? à jour|actualisation|note de la rédaction|ndlr",
    "es": r"corrección|fe de err(?:ores|atas)|aclaración|rectificación|actualiza(?:ción|do)"
    r"|nota (?:del editor|de (?:la )?redacción)",
    "it": r"correzione|rettifica|errata corrige|aggiornamento|nota della redazione",
    "pl": r"korekta|sprostowanie|aktualizacja|od redakcji",
    "pt": r"correção|errata|atualização|atualizado|nota da redação",
    "tr": r"düzeltme|güncelleme|editörün notu|editör notu",
    "hy": r"ուղղում|ճշտում|թարմացված է",
    "ka": r"შესწორება|განახლება|განახლებულია",
    "az": r"düzəliş|yenilənib",
    "zh": r"更正|勘[误誤]|[编編]者[按注註]|[编編][辑輯]按|更新",
    "ja": r"訂正|お?詫びと訂正|おわびと訂正|編集部注|追記|更新",
    "ar": r"تصحيح|تصويب|توضيح|تحديث|تنويه|ملاحظة (?:من )?المحرر",
}

# Sentences that admit a change, wherever they stand.
_ADMISSIONS: Mapping[str, str] = {
    "en": r"(?:earlier|previous|original) version of (?:this (?:\w+ )?|the )(?:article|story|headline|post|caption)"
    r"|(?:earlier|previous) version of this (?:report|piece|text|page)"
    r"|this (?:article|story|report|headline|post|piece|caption) (?:was|has been|have been) "
    r"(?:\w+ )?(?:corrected|updated|amended|clarified|revised)",
    "uk": r"(?:попередній|ранній|першій|первісній) (?:версії|редакції)"
    r"|текст (?:було )?(?:виправлено|оновлено|уточнено)",
    "ru": r"(?:предыдущей|ранней|первоначальной|первой) (?:версии|редакции)"
    r"|текст (?:был )?(?:исправлен|обновл[её]н|уточн[её]н)",
    "de": r"in einer (?:früheren|ersten|vorherigen|älteren|vorigen) (?:version|fassung)"
    r"|(?:artikel|text|beitrag) wurde (?:\w+ )?(?:korrigiert|aktualisiert|ergänzt|berichtigt)",
    "fr": r"(?:première|précédente) version d[eu] (?:cet|l'|ce)|article a été (?:corrigé|modifié|mis à jour|actualisé)",
    "es": r"versión (?:anterior|previa) de est[ea]|(?:artículo|texto) ha sido (?:corregido|actualizado|modificado)",
    "zh": r"(?:早前|先前|此前|之前)的?版本|本文已(?:更正|修正|更新)",
    "ja": r"(?:記事|見出し)(?:の一部)?を(?:訂正|修正|更新)し",
    "ar": r"(?:نسخة|صيغة) سابقة|تم (?:تصحيح|تعديل|تحديث) (?:هذا )?(?:الخبر|التقرير|المقال|النص)",
}

# What an outlet prints while it is still writing, and takes away by routine.
_ROUTINE: Mapping[str, str] = {
    "en": r"(?:this is|this remains) a (?:developing|breaking(?: news)?) (?:news )?story"
    r"|(?:story|article|report|page|post|copy) (?:is being|will be) updated"
    r"|^\W*more (?:details )?(?:to (?:follow|come)|soon)"
    r"|check back for updates",
    "uk": r"(?:новина|матеріал|текст|стаття) (?:постійно )?(?:доповнюється|оновлюється)|подробиці (?:згодом|пізніше)",
    "ru": r"(?:новость|материал|текст|статья) (?:постоянно )?(?:дополняется|обновляется)|подробности (?:позже|позднее)",
    "de": r"(?:artikel|meldung|text|beitrag|ticker) wird (?:\w+ )?aktualisiert"
    r"|mehr in kürze|weitere informationen in kürze|mehr dazu in kürze|diese meldung wird",
    "fr": r"plus d'informations à (?:venir|suivre)|en cours d'actualisation|article sera (?:mis à jour|actualisé)",
    "es": r"noticia en desarrollo|en ampliación|habrá ampliación|se actualizará",
    "zh": r"(?:持续|不断|陆续|滚动|持續|陸續)更新|更多消息|详情稍后",
    "ja": r"随時更新|詳報|続報",
    "ar": r"التفاصيل لاحقا|خبر عاجل قيد|يتبع لاحقا|يجري تحديث",
}

_LEAD = r"^[^\w]{0,6}"
# After the word: nothing, or something with a figure in it (a date, a time), then what ends a label.
_TAIL = r"(?:[\s,(（]{0,3}[^:：\n]{0,40}?\d[^:：\n]{0,25})?[\s)）\]】*]{0,3}(?:[:：.。—–\-]|$)"


@lru_cache(maxsize=64)
def _table(language: str | None) -> tuple[Mapping[str, str], frozenset[str]]:
    figures: dict[str, str] = {}
    for key in _asked(language, _NUMBERS):
        for entry in filter(None, map(str.strip, _NUMBERS[key].split(";"))):
            value, *forms = entry.split()
            figures.update(dict.fromkeys(forms, value))
    for key in _asked(language, _DATES):
        figures.update((word, word) for word in _DATES[key].split())
    negations = frozenset(word for key in _asked(language, _NEGATIONS) for word in _NEGATIONS[key].split())
    return MappingProxyType(figures), negations


def _asked(language: str | None, table: Mapping[str, str]) -> list[str]:
    primary = (language or "").replace("_", "-").partition("-")[0].lower()
    return [primary] if primary in table else list(table)


def figure_word(word: str, language: str | None) -> str | None:
    """The value that a folded word without case stands for: a number, a magnitude, a day or a month.

    >>> figure_word("twelve", "en"), figure_word("квітня", "uk"), figure_word("table", "en")
    ('12', 'квітня', None)
    """
    return _table(language)[0].get(word)


@lru_cache(maxsize=64)
def _forms(language: str | None, *, units: bool) -> Mapping[str, str]:
    """Each form of a table's words with the one that stands for all of them."""
    table = _UNITS if units else _SOUNDS
    keys = [key for key in _asked(language, table) if key] if units or _knows(language, table) else []
    rows = [row.split() for key in (["", *keys] if units else keys) for row in table[key].split(";")]
    return MappingProxyType({form: row[0] for row in rows for form in row})


def _knows(language: str | None, table: Mapping[str, str]) -> bool:
    return len(_asked(language, table)) == 1


def unit(word: str, language: str | None) -> str | None:
    """What a folded word without case right behind a figure counts or measures, in one form for all its forms.

    >>> unit("kilometres", "en"), unit("miles", "en"), unit("people", "en")
    ('km', 'mi', None)
    """
    return _forms(language, units=True).get(word)


def unsounded(word: str, language: str | None) -> str:
    """A folded word without case, in one form where its forms follow from the sound of the next word.

    >>> unsounded("у", "uk"), unsounded("an", "en"), unsounded("у", "ru")
    ('в', 'a', 'у')
    """
    return _forms(language, units=False).get(word, word)


def is_negation(word: str, language: str | None) -> bool:
    """Whether a folded word without case turns a sentence into its opposite."""
    return word.endswith("n't") or word in _table(language)[1]


@lru_cache(maxsize=64)
def _patterns(language: str | None) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What admits, what promises more, what begins like a notice; also in English, which outlets everywhere print."""
    admits, develops, begins = (
        "|".join(table[key] for key in dict.fromkeys([*_asked(language, table), "en"]))
        for table in (_ADMISSIONS, _ROUTINE, _NOTICES)
    )
    return re.compile(admits), re.compile(develops), re.compile(f"{_LEAD}(?:{begins}){_TAIL}")


NOTICE_LENGTH = 1_500  # characters; a longer block is reporting, whatever it begins with
ROUTINE_LENGTH = 200


def notice(text: str, language: str | None) -> Literal["correction", "routine"] | None:
    """What kind of notice a folded text is: it admits a change, or only promises more.

    >>> notice("Correction, April 18: the bridge is in Kherson.", "en"), notice("Correction officers struck.", "en")
    ('correction', None)
    >>> notice("Editor's note: This is a developing story and is being updated.", "en")
    'routine'
    """
    if len(text) > NOTICE_LENGTH:
        return None
    admits, develops, begins = _patterns(language)
    text = text.lower()
    if admits.search(text):
        return "correction"
    if len(text) <= ROUTINE_LENGTH and develops.search(text):
        return "routine"
    return "correction" if begins.match(text) else None
