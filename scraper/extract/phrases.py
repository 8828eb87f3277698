"""What templates print around articles, in many languages: data for the last net behind the rules on markup.

Short labels are made of ordinary words, so a label counts only as a whole line. Openers count only for a line that is
mostly a link, or ends with a colon. Appeals have a file of their own.
"""

from __future__ import annotations

import re
from typing import Final

_WORD = re.compile(r"\w+")


def fold(line: str) -> str:
    """A line as labels are compared: words in one case, single blanks."""
    return " ".join(_WORD.findall(line.casefold()))


class Hinted:
    """A pattern that finds nothing where none of its hints is, written as `a | b`, in lower case: to look for these
    costs a twentieth of looking for it."""

    def __init__(self, pattern: re.Pattern[str], hints: str) -> None:
        self.pattern = pattern
        self.hints = hints.split(" | ")

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in `text`."""
        # Patterns that ignore case take these for an i, in whatever language.
        folded = text.replace("İ", "i").replace("ı", "i").casefold()
        return self.pattern.search(text) if any(hint in folded for hint in self.hints) else None


def _lines(text: str) -> frozenset[str]:
    return frozenset(fold(line) for row in text.strip().splitlines() for line in row.split("|") if line.strip())


ADVERT: Final = _lines("""
advertisement | advertisements | advertising | ad | sponsored | sponsored content | promoted content | paid content
paid post
article continues after advertisement | article continues below advertisement | story continues below advertisement
story continues below | story continues after advertisement | continue reading below
advertisement continue reading the main story
anzeige | werbung | werbung scrollen zum weiterlesen | publicité | publicidad | publicidade | pubblicità
annuncio pubblicitario
advertentie | annonse | annons | annonce | reklame | mainos | reklama | reklam | реклама | publicitate | hirdetés
διαφήμιση
広告 | 広告の後に続く | 광고 | 广告 | إعلان | आगे पढ़ें | विज्ञापन | quảng cáo | iklan | პუბლიკაცია | რეკლამა | գովազդ
continua após a publicidade | continúa después de la publicidad | la suite après cette publicité
artikel wordt vervolgd
""")
LABEL: Final = _lines("""
read more | read also | read next | see also | also read | more | related | related articles | related stories
related news
related posts | related content | related topics | recommended | recommended for you | recommended stories
you may also like
you might also like | more on this story | more from this author | more like this | most read | most popular | trending
trending now | top stories | latest news | latest stories | latest | editors picks | editor s picks | don t miss
dont miss
up next | keep reading | more news | more stories | more from me | popular now | what to read next | further reading
read more about | more on this topic | topics | tags | filed under | in this article | share | share this
share this article
share on facebook | share on twitter | share on whatsapp | share on x | tweet | print | email | comments
leave a comment
copy link | link copied | save | bookmark | listen | listen to this article | watch | watch now | play | follow us
follow
subscribe | subscribe now | sign up | sign in | log in | register | donate | donate now | support us | become a member
contribute | contribute today | contribute now | join us | close | loading | show more | load more | view more
see more | back to top
skip to content | skip to main content | edit post | remind me later | maybe later | not now | continue | menu | search
passend zum artikel | dieses thema im programm | player wird geladen | weitere informationen | or | oder | mehr themen
कॉपी लिंक | शेयर | video wird geladen | loading player | your browser does not support this video | quick links
view comments | show comments | hide comments | gallery | view gallery | photo gallery | image | article image | photo
video
about the author | about the authors | about me | author | recommended reading | in pictures | correction request
mehr zum thema | lesen sie auch | lesen sie mehr | auch interessant | lest auch | mehr dazu | weitere artikel
weiterlesen
das könnte sie auch interessieren | das könnte dich auch interessieren | meistgelesen | teilen | kommentare | drucken
zur startseite | zum thema | themen | schlagworte | mehr lesen | passend zum thema | weitere themen | quelle
startseite
lire aussi | à lire aussi | a lire aussi | lire la suite | à lire également | sur le même sujet | partager
commentaires
en savoir plus | articles liés | dans la même rubrique | les plus lus | voir aussi | s abonner | je m abonne
faire un don
lea también | lea tambien | lee también | lee tambien | más información | mas informacion | noticias relacionadas
relacionados
te puede interesar | también te puede interesar | ver más | compartir | comentarios | etiquetas | temas | lo más leído
archivado en
leia também | leia mais | veja também | saiba mais | mais lidas | compartilhe | compartilhar | relacionadas
comentários
leggi anche | leggi di più | potrebbe interessarti | condividi | commenti | articoli correlati | approfondisci
argomenti
lees ook | lees meer | meer over | deel dit artikel | delen | reacties | bekijk ook
les også | les mer | del | kommentarer | läs mer | läs också | läs även | dela | læs også | læs mere | lue myös
lue lisää | jaa
czytaj więcej | czytaj też | czytaj także | zobacz też | zobacz także | przeczytaj też | przeczytaj także | udostępnij
polecamy
čtěte také | čtěte dále | související články | sdílet | čítajte aj | súvisiace články | olvasta már
kapcsolódó cikkek | ajánljuk
citește și | citește mai mult | citiți și | distribuie | прочетете още | вижте още | прочитајте још | прочитај още
pročitajte još | pročitajte i | povezane vijesti | preberite tudi | taip pat skaitykite | skaitykite taip pat
lasi arī | loe ka | loe veel
читайте также | читать также | читайте ещё | читать далее | читайте также на эту тему | по теме | материалы по теме
поделиться
подписаться | комментарии | новости по теме | самое читаемое | теги | смотрите также | поддержать | поддержите нас
читайте також | читати також | читайте далі | за темою | поділитися | підписатися | коментарі | дивіться також
більше новин
теми | підтримати | підтримайте нас | դիտել նաև | կարդալ նաև | կարդացեք նաև | տարածել | ასევე წაიკითხეთ
წაიკითხეთ ასევე
ilgili haberler | bunlar da ilginizi çekebilir | devamını oku | paylaş | yorumlar | etiketler | ayrıca okuyun
həmçinin oxuyun | paylaş
اقرأ أيضا | اقرأ المزيد | مواضيع ذات صلة | شارك | المزيد | קראו גם | קרא עוד | عوام | यह भी पढ़ें | ये भी पढ़ें
और पढ़ें | इसे भी पढ़ें
関連記事 | あわせて読みたい | 続きを読む | シェア | コメント | 関連ニュース | 관련기사 | 관련 기사 | 공유 | 더보기
相关阅读 | 相关新闻 | 分享 | 延伸阅读
đọc thêm | xem thêm | chia sẻ | baca juga | baca selengkapnya | bagikan | อ่านเพิ่มเติม | soma zaidi | soma pia
διαβάστε επίσης
""")
SECTION: Final = _lines("""
related | related articles | related stories | related news | related posts | related content | related topics
related links
recommended | recommended for you | recommended stories | recommended reading | you may also like | you might also like
more on this story | more on this topic | more like this | more from this author | more stories | more news | most read
most popular | popular now | trending | trending now | top stories | latest news | latest stories | latest | news feed
editors picks | editor s picks | don t miss | up next | what to read next | further reading | comments | leave a comment
leave a reply | about the author | about the authors | about me | partner news | partner content | sponsored content
just in
mehr zum thema | das könnte sie auch interessieren | das könnte dich auch interessieren | meistgelesen | kommentare
weitere artikel | weitere themen | weitere informationen | weitere videos | über den autor | über die autorin
auch interessant
sur le même sujet | à lire aussi | les plus lus | articles liés | dans la même rubrique | commentaires
noticias relacionadas | te puede interesar | lo más leído | más información | comentarios | relacionados
sobre el autor
leia também | veja também | mais lidas | comentários | relacionadas | leggi anche | potrebbe interessarti
articoli correlati
commenti | lees ook | meer over dit onderwerp | reacties | les også | läs också | läs mer | læs også | kommentarer
lue myös
czytaj także | czytaj też | zobacz także | polecamy | související články | súvisiace články | kapcsolódó cikkek
citește și
читайте также | читайте також | материалы по теме | по теме | за темою | новости по теме | самое читаемое
комментарии | коментарі
ilgili haberler | yorumlar | oxşar xəbərlər | مواضيع ذات صلة | اقرأ أيضا
関連記事 | 関連ニュース | 관련기사 | 관련 기사 | 相关阅读 | 相关新闻
կարդացեք նաև | ნახეთ აგრეთვე | διαβάστε επίσης
""")
_LONGEST: Final = max(map(len, ADVERT | LABEL))


def label(line: str) -> str:
    """A line folded, to be looked up as a label; of a line that is longer than any label, only its beginning."""
    start = fold(line[: 2 * _LONGEST])
    return start if len(start) > _LONGEST else fold(line)


_OPENERS = (
    r"read(?: more| also| next| the (?:full|original))?|see(?: also| more)|also read|watch(?: more| also| now)?|"
    r"listen(?: to)?|"
    r"more(?: on| from| about| in)|related(?: article| story| stories| news)?|recommended|opinion|explainer|in "
    r"pictures|"
    r"don'?t miss|must read|you may also like|click here|here'?s|find out more|learn more|further reading|previously|"
    r"lesen sie(?: auch| hier| mehr)?|mehr (?:zum thema|dazu|lesen)|lest auch|lies auch|auch interessant|hier "
    r"(?:lesen|finden)|"
    r"zum thema|siehe auch|passend dazu|lire(?: aussi| la suite)?|à lire(?: aussi)?|voir aussi|notre dossier|"
    r"lea(?: también)?|lee(?: también)?|le(?:er|a) más|te puede interesar|más información|ver también|"
    r"leia(?: também| mais)?|veja(?: também)?|saiba mais|confira|leggi(?: anche)?|guarda anche|lees(?: ook| "
    r"meer)?|bekijk(?: ook)?|"
    r"les(?: også| mer)|læs(?: også| mere)|läs(?: mer| också| även)|lue(?: myös| lisää)|"
    r"czytaj(?: też| także| więcej)?|zobacz(?: też| także)?|przeczytaj(?: też| także)?|čtěte(?: také)?|čítajte aj|"
    r"citește(?: și)?|"
    r"pročitajte(?: još| i)|olvassa el|kapcsolódó|taip pat skaitykite|lasi arī|loe ka|"
    r"читайте(?: также| ещё| еще| також| далі| далее)?|читать (?:также|далее)|по теме|смотрите также|дивіться також|"
    r"կարդացեք նաև|կարդալ նաև|წაიკითხეთ|ilgili haber|ayrıca okuyun|həmçinin oxu\w*|اقرأ (?:أيضا|المزيد)|"
    r"यह भी पढ़ें|ये भी पढ़ें|関連記事|あわせて読みたい|合わせて読みたい|관련기사|相关(?:阅读|新闻)|"
    r"相關(?:閱讀|新聞)|延伸(?:阅读|閱讀)|推荐阅读|đọc thêm|"
    r""
    r"xem thêm|baca juga|soma (?:pia|zaidi)|funda\b.{0,20}"
)
OPENER = re.compile(rf"(?i)^\W*(?:{_OPENERS})(?!\w)")
# A line that begins with a pointer, and with it a link, leads elsewhere.
POINTER = re.compile(r"^\s*(?:>{1,3}|»{1,2}|→|➡️?|►|▶️?|👉|\+{2,3}|⇒|☞)\s*\S")
# What kind of thing a link leads to, set off from its title.
MEDIA = re.compile(
    r"(?i)^(?:video|audio|podcast|watch|listen|gallery|photos?|fotos?|bildergalerie|fotostrecke|galerie|vidéo|"
    r"vídeo|видео|відео)\s*\|"
)
COUNTER = re.compile(r"^\W*\d{1,3}\s*(?:/|of|von|de|sur|di)\s*\d{1,3}\W*$")
OPENER_COLON = re.compile(rf"(?i)^\W*(?:{_OPENERS})\s*[:：|>»–—-]")

# A line that says when the page was put up or changed, and nothing else.
_STAMPS = (
    r"(?:(?:first |last |article |originally )?(?:published|posted|updated|modified|created)|update|stand|"
    r"aktualisiert|"
    r"veröffentlicht|erstellt|publié|mis à jour|mise à jour|publicado|actualizado|atualizado|pubblicato|"
    r"aggiornato|gepubliceerd|"
    r"bijgewerkt|publisert|oppdatert|publicerad|uppdaterad|publiceret|opdateret|julkaistu|päivitetty|opublikowano|"
    r"publikacja|"
    r"aktualizacja|zaktualizowano|publikováno|aktualizováno|опубликовано|обновлено|опубліковано|оновлено|"
    r"yayınlanma|güncelleme|"
    r"paskelbta|atnaujinta)"
)
STAMP = re.compile(
    rf"(?i)^\W*{_STAMPS}\b\W*(?:on|at|am|le|el|il|em|la|den|dne|:)?\s*(?:[^.!?]|\.(?=\S)|[ap]\.m\.){{0,90}}$"
)
# How long ago something was, as pages print it while it is new.
AGO = re.compile(
    rf"(?i)^\W*(?:{_STAMPS}\b\W*)?"
    r"(?:(?:\d{1,3}|an?|one|ein(?:er|em)?)\s*(?:(?:sec|min|hour|hr|day|week)\w*|[smhd])\s+ago|"
    r"vor\s+(?:\d{1,3}|einer|einem)\s+(?:sek|min|stunde|tag|woche)\w*|il y a\s+(?:\d{1,3}|une?)\s+(?:sec|min|"
    r"heure|jour|semaine|h\b)\w*|"
    r"hace\s+(?:\d{1,3}|una?)\s+(?:seg|min|hora|día|semana)\w*|há\s+(?:\d{1,3}|uma?)\s+(?:seg|min|hora|dia|semana)\w*|"
    r"\d{1,3}\s+(?:second|minut|or[ae]|giorn|settiman)\w*\s+fa|\d{1,3}\s+(?:sec|min|uur|uren|dag|week|"
    r"weken)\w*\s+geleden|"
    r"(?:for\s+)?\d{1,3}\s+(?:sek|min|tim|dag|uke|veck|uge)\w*\s+(?:siden|sedan)|\d{1,3}\s+(?:sek|min|godz|dni|"
    r"tyg)\w*\.?\s+temu|"
    r"(?:\d{1,3}\s+)?(?:сек|мин|хв|час|год|день|дня|дней|дні|днів|нед|тиж)\w*\.?\s+(?:назад|тому)|"
    r"\d{1,3}\s+(?:saniye|dakika|saat|gün|hafta)\s+önce|منذ\s+(?:\d{1,3}\s+)?(?:ثاني|دقيق|دقائق|ساع|يوم|أيام)\w*|"
    r"\d{1,3}\s*(?:秒|分钟|分鐘|小时|小時|天|分|時間|日)前(?:更新)?|\d{1,3}\s*(?:초|분|시간|일)\s*전)\W*$"
)
# How many people look at the page while it is being looked at.
READING_NOW = re.compile(
    r"(?i)^\W*\d[\d.,\s]*(?:k|m|тис|тыс)?\.?\s+(?:\w+\s+)?(?:(?:is|are)\s+(?:now\s+|currently\s+)?(?:reading|"
    r"viewing|watching)|"
    r"(?:lesen|sehen)\s+(?:gerade|jetzt|diesen)|(?:lisent|regardent)\s+(?:cet|en ce)|están\s+(?:leyendo|viendo)|"
    r"estão\s+(?:lendo|vendo)|"
    r"(?:сейчас\s+)?(?:читают|смотрят)\s+(?:сейчас|эту|этот|это)|(?:зараз\s+)?(?:читають|дивляться)\s+(?:зараз|цю|"
    r"цей|це))\b.{0,60}$"
    r"|^\W*\d[\d.,]*\s*(?:人|位读者|位讀者)(?:正在|が).{0,20}$"
)
_WHAT = (
    r"(?:likes?|reposts?|retweets?|re-?posts|quotes?|replies|reply|shares?|views?|reads?|comments?|bookmarks?|"
    r"reactions?|upvotes?|"
    r"aufrufe|kommentare?|vues?|partages?|commentaires?|vistas?|visitas?|compartidos?|comentarios?|visualizações|"
    r"просмотр\w*|переглян\w*|перегляд\w*|комментари\w*|коментар\w*|лайк\w*|репост\w*|поширен\w*|مشاهد\w*|"
    r"تعليق\w*|إعجاب\w*)"
)
# Counts of what readers did with a page or a post, and nothing else.
COUNTS = re.compile(
    rf"(?i)^\W*(?:\d[\d.,\s]*[km]?\s*{_WHAT}\W*|{_WHAT}\s*[:：]?\s*\d[\d.,\s]*[km]?\W*|(?:阅读|阅讀|閱讀|浏览|瀏覽|赞|讚|评论|評論|"
    rf"转发)\s*[:：]?\d[\d.,]*万?\W*)+$"
)
# How readers may tell the paper of a slip.
REPORT: Final = Hinted(re.compile(r"(?i)\b(?:ctrl|strg|⌘)\s*\+\s*(?:enter|eingabe|ввод)\b"), "+")
# A text that no person wrote says so.
BY_MACHINE = re.compile(
    r"(?i)\b(?:summar(?:y|ies)|recap|key (?:points|takeaways)|overview|digest)\b.{0,60}\b(?:generated|created|"
    r"written|produced|made|assisted)\b.{0,30}"
    r"\b(?:ai|a\.i\.|artificial|machine|automat\w+|gpt)\b|\b(?:ai|automatically)[- ]generated (?:summary|recap|"
    r"overview)\b|"
    r"\bzusammenfassung\b.{0,60}\b(?:ki|künstlich\w*|automatisch)\b|\brésumé\b.{0,60}\b(?:ia|automatiquement)\b|"
    r"\bresumen\b.{0,60}\b(?:ia|automáticamente)\b|"
    r"\bкратк\w+ (?:содержание|пересказ)\b.{0,60}\b(?:ии|нейросет\w+)\b|\bстисл\w+ (?:виклад|"
    r"переказ)\b.{0,60}\b(?:ші|нейромереж\w+)\b"
)
# Who took a picture, on a line of its own.
CREDIT = re.compile(
    r"(?i)^\W{0,2}(?:©|\(c\)\s|photos?(?:graph)?s?(?: by|:| credit| courtesy)|image(?: credit| source|:)|"
    r"picture(?:s by|:| credit)|"
    r"fotos?\s?:|foto de|fotograf(?:ie|ía|ia)?:|bild(?:quelle)?:|crédit(?:s)? photo|crédito|bron:|фото\s?:|zdj\.|fot\.)"
)
# Who else worked on it: short, and always article.
CONTRIBUTED = re.compile(
    r"(?i)\b(?:contribut\w+|report(?:ing|ed|s)?|edit(?:ing|ed)|writing|additional|staff|with (?:files|material|"
    r"agenc\w+)|"
    r"mitarbeit|mit (?:material|agenturen)|avec|agenc\w+|agences|agencias|agenzie|afp|reuters|dpa|efe|ansa|tass|"
    r"interfax|"
    r"associated press|source|quelle)\b"
)
FOLLOW = re.compile(
    r"(?i)\b(?:follow|folgen|suivez|síguenos|siga|segui|volg|följ|śledź|подписывайтесь|підписуйтесь|підписуйся|"
    r"стежте|слідкуйте|читайте нас|следите|смотрите нас|obserwuj|sledujte|takip ed)\b.{0,80}"
    r"\b(?:twitter|facebook|instagram|linkedin|threads|bluesky|mastodon|telegram|youtube|tiktok|whatsapp|google "
    r"news|x)\b"
    r"|(?i:^\W*(?:e-?mail|contact|reach|write to)\b.{0,60}\S+@\S+)|(?i:\bour e-?mail\b.{0,60}\S+@\S+)"
    r"|(?i:\b(?:e-?mail|contact|reach|write to) (?:me|us|the (?:author|editor|reporter)s?)\b.{0,60}\S+@\S+)"
    r"|(?i:\bhave a (?:news )?tip\b|\bsend (?:us "
    r")?(?:your )?tips\b)"
)
AUDIO = re.compile(
    r"(?i)^\W*(?:this (?:audio|article|story|text) (?:is|was|has been)\b.{0,40}\b(?:ai|artificial|automat\w+|"
    r"synthe\w+|text-to-speech)\b|"
    r"listen to (?:this|the) (?:article|story|audio)|audio(?:version)? (?:is|by|von|generated|created)\b|"
    r"your browser does not support|diese[rs]? (?:artikel|audio|text)\b.{0,50}\b(?:ki|vorgelesen|automatisch)\b|"
    r"écoute[rz] (?:cet )?article|escucha(?:r)? (?:este |el )?artículo|ouça (?:este |o )?artigo|ascolta (?:questo "
    r"|l'?)articolo|"
    r"прослушать (?:статью|текст)|слухати статтю|озвучено|аудіо створено|аудио создано)[^\n]{0,120}$"
)
EMBED: Final = Hinted(
    re.compile(
        r"(?i)\b(?:extern\w* inhalt\w*|inhalt\w* (?:von )?\w+ (?:anzeigen|laden)|contenu externe|contenido externo|"
        r"external content|"
        r"third[- ]party content|externe inhoud|zewnętrzn\w+ treści)\b|personenbezogene daten (?:können )?an dritt|"
        r"(?:to view|to see|to watch) this (?:content|video|post|embed)\b|javascript (?:is|ist|must be) (?:disabled|"
        r"deaktiviert|enabled)|"
        r"enable javascript|cookies? (?:akzeptieren|zustimmen|accept)|please (?:enable|accept) (?:all )?cookies|"
        r"(?:accept|allow|consent to) (?:all )?cookies to (?:view|see|watch)"
    ),
    "inhalt | conten | inhoud | zewn | personenb | to view this | to see this | to watch this | javascript | cookie",
)
COMMENTS = re.compile(
    r"(?i)\b(?:comments? (?:are|is) (?:closed|moderated|disabled|subject)|your (?:e-?mail address|email) will not "
    r"be published|"
    r"(?:ihre|deine) kommentare\b|kommentarfunktion|comentários com\b|los comentarios\b.{0,40}\b(?:serán|moderad)|"
    r"les commentaires sont|log in to (?:leave a )?comment|join the (?:conversation|discussion)|be the first to "
    r"comment|"
    r"comment(?:ing)? (?:policy|guidelines|rules)|letters? to the editor\b.{0,80}\b(?:publish|send|write|email))"
)
WALL = re.compile(
    r"(?i)\b(?:(?:this|the) (?:article|story|content|post|page) is (?:for|only|exclusive|reserved|"
    r"available)\b.{0,40}\b(?:subscribers|members)|"
    r"(?:subscribers|members)[- ]only|for (?:paying )?subscribers only|subscribe (?:now )?to (?:read|continue|"
    r"unlock|keep reading)|"
    r"(?:to )?continue reading\b.{0,40}\b(?:subscri|regist|sign|log)|already (?:a )?(?:subscriber|member|have an "
    r"account)|"
    r"you(?:'ve|’ve| have) (?:reached|read|used)\b.{0,40}\b(?:free )?articles|unlock (?:this|the|full|more) \w+|"
    r"(?:jetzt|hier)? ?weiterlesen mit|nur für abonnenten|dieser artikel ist (?:nur )?(?:für|mit|plus)|mit "
    r".{0,20}abo (?:weiter)?lesen|"
    r"il vous reste [\d.,]+ ?%|réservée? aux abonnés|article réservé|contenido exclusivo para suscriptores|solo "
    r"para suscriptores|"
    r"exclusivo para assinantes|riservat\w+ agli abbonati|alleen voor abonnees|kun for abonnenter|for abonnenter|"
    r"endast för prenumeranter|"
    r"tylko dla (?:subskrybentów|prenumeratorów)|pozostało [\d.,]+ ?% (?:artykułu|tekstu)|только (?:для|по) "
    r"подпис|для передплатників|"
    r"sadece aboneler|この記事は有料会員|有料会員限定|会員限定|残り[\d,]+文字|구독자 전용|प्रीमियम मेंबर)"
)

CALL: Final = Hinted(
    re.compile(
        r"(?i)(?:/|\b|[-_?=.])(?:subscri\w*|donat\w*|donac\w*|member(?:ship)?s?|support(?:us|-us|er)?|contribut\w*|"
        r"newsletters?|sign-?up|register|"
        r"log-?in|join|abo|abos|abonn\w*|spenden|spende|patreon|steady|don|dons|soutenir|suscri\w*|assine|abbonati|"
        r"dona|sostieni|"
        r"wsparcie|wesprzyj|podpora|podporte|donate|checkout|plans|offer|offers|signin|patron|liberapay|buymeacoffee|"
        r"kofi|ko-fi|friend|join-us|destek|apoi[ae]r?|hazte-\w+|steun|doneer|doar|doac\w*|mitglied\w*|foerder\w*|"
        r"unterstuetz\w*|prispe\w*|podpor\w*|wplac\w*|tamogat\w*|sustine|doneaza|abone\w*|uyelik|boletin\w*|nyhetsbrev|"
        r"nieuwsbrief|bulten|rassylk\w*|rozsylk\w*)(?:$|[/?#&=_.-])"
    ),
    "subscri | donat | donac | member | support | contribut | newsletter | signup | sign-up | signin | "
    "register | login | log-in | join | abo | spende | patreon | steady | don | soutenir | suscri | "
    "assine | abbonati | sostieni | wsparcie | wesprzyj | podpor | checkout | plans | offer | patron | "
    "liberapay | buymeacoffee | kofi | ko-fi | friend | destek | apoia | apoie | hazte | steun | doneer | doar | "
    "doac | mitglied | foerder | unterstuetz | prispe | wplac | tamogat | sustine | doneaza | uyelik | "
    "boletin | nyhetsbrev | nieuwsbrief | bulten | rassylk | rozsylk",
)
TAGS = re.compile(
    r"(?i)^\W*(?:tags?|labels|topics|filed under|schlagwort\w*|themen|étiquettes|mots[- ]clés|etiquetas|palavras-chave|"
    r"tagi|štítky|etichette|etiketler|etichete|теги|теми|темы|мітки|метки|"
    r"ключові слова|ключевые слова|標籤|标签|タグ|태그|وسوم|תגיות|टैग्स?)\b\s*:?.{0,280}$"
)
LEGAL = re.compile(r"(?i)^\W*(?:copyright|all rights reserved|©)")
