"""What a page says of itself in short lines of its own: of its player, its comments, its rights, its errors. Data.

Unlike an appeal, a notice has set words that no article uses of anything else, so that one of them is enough,
in a line
that is short, unlinked or not, anywhere. What may be said in an article too does not belong here.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.extract.spoken import Wording, words
from scraper.extract.words import tokens

MAX_NOTICE: Final = 240

_TEXTS: Final = {
    "advert": """
continua depois/após da/a publicidade | continúa después/tras de/la _? publicidad | sigue leyendo tras/después _?
suite de/après votre/cette/la contenu/article/publicité/annonce | erid _ | реклама ооо/ип/ао
продолжение после рекламы
продовження після реклами | weiter/weiterlesen nach der anzeige/werbung | lees verder/door na/onder de advertentie
artikel/artikeln fortsätter/fortsetter efter/etter annonsen/annonsen | article/story/text continues below/after _
continue/continues reading after/below the _? ad/advert/advertisement/sponsor | articolo continua/prosegue dopo _
ciąg dalszy tekstu/artykułu | dalsza część tekstu/artykułu | pod reklamą _ | haberin devamı | článek pokračuje pod/za
we may earn/receive/get a/an _? commission/percentage | contains/contain affiliate links
enthält affiliate/werbelinks _ | affiliate link* wir erhalten""",
    "audio": """
listen to this article/story/post/text/piece/report/news | ^ listen to the article/story
this audio is/was _? ai/auto/automatically/computer/machine generated/produced | ^ voiced by ai/artificial
^ read aloud by ai/artificial
 artikel/beitrag/text/meldung anhören/vorlesen/hören
diesen artikel/beitrag/text anhören/hören/vorlesen | écouter/écoutez l/cet/cette/le article/texte/histoire
escuchar/escucha/oír la/esta/este/el/nota noticia/artículo/nota/texto
ouvir/ouça a/o/esta/este/à notícia/artigo/matéria/texto
ascolta/ascoltare l/questo/questa/la articolo/notizia
^ esta/questa/cette/essa voz/voce/voix _? _? generada/gerada/generata/générée
luister naar dit/het/deze artikel/verhaal | beluister dit/het artikel/verhaal | lyssna på artikeln/texten/den
lytt/lyt til artikkelen/artiklen/saken | kuuntele juttu/artikkeli/tämä
статтю/текст/матеріал озвучено/начитано/озвучив | слухати/прослухати/слухайте цю/цей/статтю/новину/текст/матеріал
слушать/прослушать/послушать/послушайте эту/этот/статью/новость/текст/материал
posłuchaj/odsłuchaj/słuchaj artykuł*/tekst*/tego | poslechněte/poslechnout si/článek/tento _?
^ haberi/makaleyi/yazıyı dinle/dinleyin/sesli | استمع إلى المقال/الخبر/هذا | گوش دهید/کنید به/این
ascultă articol*/știre* | ακούστε το άρθρο/κείμενο | nghe bài/nội viết/dung/báo | dengarkan artikel/berita
האזינו לכתבה | खबर/लेख/आर्टिकल सुनें/को""",
    "summary": """
^ summary/overview/recap _? generated/produced/written/created by/with/using ai/artificial
this summary/overview/recap was/is _? generated/created/made/written _? by/with/using _? _? _? ai/artificial
ai generated summary/overview/recap | ^ ai summary/overview _? may/can | key points ai generated
^ ki generierte/erstellte zusammenfassung
^ die/diese/zusammenfassung zusammenfassung/wurde _? _? mit/von/durch/hilfe ki/künstlicher/einer/von
^ ce/résumé résumé/généré _? _? généré/réalisé/produit/par/avec par/avec/à/ia/l
^ resumen/resumo generado/gerado/elaborado/criado/hecho por/con/com/pela
^ riassunto/sintesi generato/generata/creato/realizzato da/con
^ samenvatting _? _? gegenereerd/gemaakt/door ai/door/met
^ streszczenie/podsumowanie _? wygenerowane/przygotowane | ^ підсумок/стислий/переказ створено/згенеровано/виклад
^ краткий/резюме пересказ/создано _? создан/сгенерирован/нейросет* | ^ özet yapay zeka""",
    "comment": """
^ join the/our conversation/discussion/debate | join the conversation/discussion below/in
^ leave/post/write/add a/your _? comment/reply
share your thoughts/opinion/views/view/experience/story below/in/with _? _? comments/us/below
let us know in the | ^ have your say
must be logged/signed/registered _? _? _? _? comment/reply
^ log/sign/register in/up/to to/or _? _? comment/reply/post
be the first to comment/react/reply | ^ view/show/read/hide all/the comments | ^ comments are closed/moderated/off
^ diskutieren/diskutiere sie/mit mit/über | ^ diskutier mit | reden/schreiben sie mit
ihre/deine meinung ist gefragt | ^ kommentar schreiben/verfassen/hinterlassen
anmelden um zu kommentieren | ^ publier/poster/laisser/écrire/laissez/ajouter un/votre commentaire
connecté pour publier/commenter/réagir
connecté/connectée/inscrit/identifié pour publier/laisser/poster/écrire un | ^ réagissez à/dans | ^ donnez votre avis
залишити/залиште/залишайте/додати коментар* | оставить/оставьте/оставляйте/добавить комментарий
увійдіть або зареєструйтесь/зареєструйтеся
войдите или зарегистрируйтесь | діліться/поділіться своєю/своїми/думкою/думками _? коментар*
^ deja/dejar/escribe/publica tu/un/su comentario | ^ deixe/deixar/escreva seu/um/o comentário
^ lascia/scrivi/lasciare un/il/tuo commento
inicia/faça/accedi/effettua sesión/login/il/sessão para/per comentar/commentare
^ napisz/dodaj/zostaw komentarz | zaloguj się aby/żeby/by _? skomentować/komentować/komentarz
^ přidat/přidejte/přidajte komentář/komentár | ^ plaats/schrijf/laat een reactie | ^ reageer op dit
^ skriv/lämna en kommentar | ^ yorum yap*/yaz*/bırak*
yorum yapmak için giriş/üye | ^ اترك/أضف تعليق* | ^ lasă/scrie un comentariu | ^ γράψτε/αφήστε το σχόλιο
^ để lại bình | ^ viết bình luận
^ टिप्पणी करें/लिखें | ^ कमेंट करें/करके""",
    "tip": """
^ got/have a/an/any _? _? tip/tips/story/lead/stories | do you know more about/of this/it
^ do you have a/any _? _? tip/tips/story | ^ know something we
tip us off | contact us/our _? reporters/reporter/journalists/securely/tipline
reach our newsroom/reporters/securely/team
^ send us your/a _? _? tip/tips/story/stories/photo/photos/pictures/videos/question/questions/feedback/news
^ помітили/знайшли/бачите/виявили _? помилку/помилки/одрук*/неточність | виділіть/виділити її/текст/фрагмент
ctrl enter
^ нашли/заметили/обнаружили/увидели _? ошибку/опечатку/неточность | выделите/выделить её/ее/текст/фрагмент
^ fehler/rechtschreibfehler/tippfehler gefunden/entdeckt/melden/bemerkt
^ haben sie _? _? _? fehler/hinweise/tipp/themenvorschlag _?
^ hast du _? _? _? fehler/hinweise/tipp | ^ une erreur une | ^ une erreur _? signalez/signaler
^ signaler/signalez une erreur/faute
^ vous avez repéré/constaté/trouvé/remarqué/vu une _? _? erreur/faute/coquille
^ masz _? _? temat/informacj*/zdjęcie/nagranie
^ zauważyłeś/widzisz/znalazłeś błąd/literówkę | napisz/napište/napíšte do/nám nas/na/do
^ našli/našel jste/ste/jsi v/chybu/chyby _?
^ víte o něčem | ^ máte tip na
^ hai/avete notato/trovato/segnalazioni/una/visto/un un/errore/segnalazione/storia _?
^ segnala/segnalaci un/una/errore
^ has visto/encontrado/detectado un/algún/una error/errata | ^ encontrou/viu/achou algum/um/erro _? _?
^ tem uma/alguma _? sugestão/denúncia/informação
^ envie/mande sua/a/seu sugestão/denúncia/história/pauta
^ heb/heeft je/u een/tips/nog _? tip/fout/tips/verhaal/vraag/ervaring
^ zie je/u _? fout/taalfout | ^ spotted/spot/found/noticed a/an/any _? mistake/error/typo/inaccuracy
^ report a/an/this _? _? error/typo/correction/mistake/inaccuracy
^ har/hittat/hittade/ser du/ett _? _? tips/fel/feil/fejl | tipsa oss | tips oss
^ haberde/yazıda hata/yanlış | ^ هل لديك/لاحظت/وجدت معلومات/خطأ/خطا/قصة
^ ai observat/găsit/vreo o/un/greșeală _? | ^ ai/aveți un/o pont/informație
^ bize yazın/ulaşın | ^ phát hiện lỗi | write/email/message us at/via/securely | drop us a/an line/note/email""",
    "legal": """
feel free to republish | ^ this article/story is published/licensed under
all rights reserved/reserved. | may be republished/reprinted for/under/freely
can be republished/reprinted for/under/freely
republish/reprint this/our article/story/articles/stories
no part of this article/site/website/publication/material/story
reproduced/republished/redistributed/published/copied without _? _? _? permission/consent
written permission of/from/is
todos los/os derechos/direitos reservados | tous droits réservés | alle rechte/rechten vorbehalten/voorbehouden
tutti i diritti _? riservati | wszelkie prawa zastrzeżone | všechna práva vyhrazena | všetky práva vyhradené
minden jog fenntartva
toate drepturile rezervate | все права защищены | усі/всі права захищені/захищено | tüm hakları saklıdır
her hakkı saklıdır
جميع الحقوق محفوظة | کلیه حقوق | כל הזכויות שמורות
alla/alle rättigheter/rettigheter/rettigheder förbehålles/reservert/forbeholdt
при/у/за використанні/передруку/цитуванні/копіюванні матеріалів/матеріалу _? _? _? посилання/гіперпосилання
при/у використанні/копіюванні/передруку матеріалів сайту/сайта/видання
при использовании/перепечатке/цитировании/копировании материалов сайта/издания
при использовании/перепечатке/цитировании/копировании материалов/материала _? _? _? ссылка/гиперссылка
^ передрук/копіювання матеріалів/тексту | ^ перепечатка/копирование материалов/текста
^ prohibida/prohibido la/su/reproducción reproducción/total _?
^ proibida/proibido a/reprodução reprodução/total _? | ^ reproduction interdite/totale
reproducción total o | reprodução total ou | ^ nachdruck _? nur/verboten/untersagt
~ under a/the creative commons | ~ creative commons licence/license/attribution/lizenz/лицензи*
~ licence creative commons
δικαιώματα διατηρούνται/κατοχυρωμένα | με επιφύλαξη παντός""",
    "loading": """
please enable/activate/allow javascript | enable/activate/allow javascript in/to | javascript _? _? disabled/required
wrong please/kindly try again | please try again later/in | please refresh/reload the/this
video/content is not available in your | feature/content/video/player/comments is/are currently/temporarily unavailable
^ failed to load | content/video/player/comments could not be loaded | ^ chargement en cours
^ en cours de chargement | ^ cargando contenido | ^ se está cargando
player/video/inhalt/karte/grafik/inhalte/kommentare wird/werden geladen | vuelve/vuelva/volver a intentarlo
activez/activer javascript | bitte _? javascript
activa/habilita/active/ative/habilite o/el/javascript
увімкніть/включите/включіть javascript/скрипт* | javascript aktivieren/включен
спробуйте/попробуйте ще/еще раз/пізніше/позже
fehler aufgetreten bitte | survenue veuillez réessayer | veuillez réessayer plus
inténtalo/inténtelo de nuevo/más | spróbuj ponownie później/_
tente novamente mais | riprova più tardi | lütfen daha sonra tekrar | probeer het later opnieuw
försök igen senare | zkuste to _? později""",
    "video": """
your browser doesn't/does/cannot/can't/is _? _? support/supported/play/display/audio/video
votre navigateur ne/n _? | tu/su/seu/teu navegador no/não | ihr/dein browser unterstützt/kann
ваш/твой/твій браузер не
je/uw browser ondersteunt/kan | twoja/twoja przeglądarka nie | váš prohlížeč/prehliadač | il tuo/vostro browser non
tarayıcınız _? _? desteklemiyor | din webbläsare/nettleser/browser | متصفحك لا | مرورگر شما | דפדפן שלך
browserul tău/dumneavoastră nu
trình duyệt của/không | browser anda tidak | ο περιηγητής σας""",
    "newsletter": """
^ thank/thanks you/for _? signing/subscribing/registering | ~ check your email/inbox/mailbox/spam
to confirm your subscription/email/registration
^ you/you're you're/now/are/re/on now/on/already/been/successfully/the subscribed/the/on/signed/registered/list
you can unsubscribe at | you can unsubscribe anytime | by signing up you | by subscribing you
by clicking subscribe | by submitting your email | ~ to/in/into your inbox
~ delivered to/straight | invalid/valid email address | ^ please enter a/your valid/email
^ you're now/already on/subscribed
anmeldung war/wurde erfolgreich/bestätigt | ^ vielen dank für ihre/deine anmeldung/registrierung
~ in ihr/dein/ihrem/deinem postfach/mailpostfach/posteingang
~ bestätigen sie _? link | ~ direkt ins postfach | abmeldung/abbestellung jederzeit/ist _? möglich/jederzeit
~ jederzeit abmelden/abbestellen
votre inscription a bien | inscription confirmée/validée | ~ dans votre boîte
~ vérifiez votre boîte/messagerie | vous désinscrire à tout | merci pour/de votre inscription
~ en tu/su correo/bandeja/email/buzón | ~ revisa tu/su correo/bandeja
^ gracias por suscribirte/registrarte/apuntarte | ~ no seu/teu e/email/mail
~ verifique/confira seu/sua email/e/caixa
^ obrigado/obrigada por se/assinar/inscrever | ~ nella tua casella/mail/email | ~ controlla la tua/posta
^ grazie per esserti/l iscritto/iscrizione
~ in je/uw mailbox/inbox/mail | ~ controleer je/uw mail/inbox/mailbox
^ bedankt voor je/uw aanmelding/inschrijving | ~ i/till/direkt din inkorg/inbox/innboks/indbakke/mejl
^ tack för din anmälan | ^ takk for at du | ^ tak for din tilmelding | ~ na twoją/twój/swoją skrzynkę/mail/e
~ w/do twojej skrzynce/skrzynki | ~ sprawdź swoją/skrzynkę _?
^ dziękujemy za zapis*/rejestrac*/subskryp* | ~ do vaší/vašeho/tvé/vašej schránky/mailu/e/emailu
^ děkujeme za přihláš*/odběr/registr*
~ у/на вашій/вашу/твоїй/твою поштову/пошті/пошту/скриньку/email/скриньці
~ на/в вашу/вашей/твою/ваш почту/почте/почтовый/ящик/email
перевірте вашу/свою пошту/поштову | проверьте вашу/свою почту | ^ дякуємо за підписку/реєстрацію
^ спасибо за подписку/регистрацию | підтвердьте/подтвердите підписку/подписку
~ e postanıza/postana _? | ~ gelen kutunuza/kutuna | ~ στο email/mail/inbox σας/σου
~ pe/în email/emailul/inbox _? tău | ~ în fiecare dimineață
~ بريدك الإلكتروني/الالكتروني | ~ إلى بريدك | ~ ایمیل شما/خود | ~ trong hộp thư | ~ qua email
~ ke email/inbox anda | ~ आपके इनबॉक्स/ईमेल""",
    "consent": """
~ hosted by a/an third/external | ~ accept its cookies | ~ toestemming _? _? cookies/social
~ cookie/cookies instellingen/einstellungen/settings/preferences
~ accepter/autoriser/acceptez les/ces cookies | ~ aceptar/acepta/aceitar las/los/os cookies
~ externer/externen/externem inhalt | ~ wyrażasz/wyrazić/wyraź zgodę
~ прийняти/принять/дозволити/разрешить файли/файлы/cookies | ~ accetta/accettare i cookie
~ privacy einstellungen""",
    "wall": """
^ il vous reste _ _? de cet/l | ^ cet article est réservé | ^ la suite est réservée
~ réservé/réservée/réservés aux abonnés/membres | ~ per continuare a leggere
~ contenido/contenidos/artículo exclusivo/exclusivos para/de suscriptores/socios | ~ exclusivo para assinantes
you've/have read/reached/used your last/free/all free/article/articles
^ this article/story is for/only/exclusively _? _? subscribers/members
already a/an subscriber/member/supporter | ~ to continue/keep reading | ~ weiterlesen mit
~ nur/exklusiv für abonnenten/abonnentinnen/mitglieder | ^ sie haben bereits ein
^ bereits abonnent/registriert/mitglied | ~ alleen voor abonnees/leden
~ for/kun for abonnenter/medlemmer | allerede abonnent/medlem | redan prenumerant/kund | ~ för prenumeranter
~ tylko dla subskrybentów/prenumeratorów
^ masz już konto/prenumeratę/subskrypcję | ~ pouze/jen pro předplatitele | ~ только для подписчиков
~ лише/тільки для передплатників/підписників | ~ sadece abonelere""",
    "poll": """
~ take our _? quiz/survey/poll/questionnaire/test | ~ vote in our | votes so far | ~ test your knowledge
~ weekly/daily quiz | ^ stimmen sie ab | ~ machen sie mit
~ participe/participa en/de/da nuestra/nuestro/nossa | ~ пройдіть/пройдите наш/наше/тест/опитування/опрос
~ weź udział w | ~ doe mee aan/met""",
    "event": """
~ book/get/buy your/tickets/now ticket/tickets/here/now/seat | ~ register now/here/today
~ reserve/save your seat/spot/place | ^ запрошуємо на нашу/наш/наші
^ приглашаем на наш/нашу | ~ зареєструватися | ~ jetzt tickets/anmelden""",
}  # fmt: skip
_GLUED: Final = {
    "advert": tokens("スポンサーリンク スポンサードリンク 広告の後 广告之后"),
    "audio": tokens("기사듣기 기사를듣 記事を聴く 記事を音声 音声で聴く 听文章 听新闻 收听本文 语音播报 聽新聞"),
    "summary": tokens("AIが自動生成 AIによる要約 AIが要約 AI生成 由AI AI摘要 AI가요약 AI요약 AI가생성"),
    "comment": tokens("コメントを投稿 コメントする 댓글을남 댓글쓰기 발表评论 发表评论 參與討論 参与讨论 我要評論"),
    "legal": tokens("無断転載 无断转载 禁止转载 版权所有 版權所有 무단전재 재배포금지 未经授权 未經授權 転載を禁"),
    "newsletter": tokens("メールでお届け メルマガ 뉴스레터를 이메일로받 您的邮箱 郵箱 電子報 邮件订阅"),
    "tip": tokens("제보를 제보하기 情報提供を 情報提供は お寄せください 爆料 报料 投稿邮箱 錯字回報"),
    "video": tokens("お使いのブラウザ ご利用のブラウザ 您的浏览器 您的瀏覽器 사용중인브라우저 브라우저에서는"),
    "wall": tokens("有料会員限定 会員限定 この先は有料 付费阅读 訂閱解鎖 구독자전용 유료회원"),
    "loading": tokens("読み込み中 加载中 載入中 JavaScriptを有効 불러오는중"),
}
_NOTICES: Final = Wording(_TEXTS, _GLUED)

# What is counted about an article: a line of these, numbers and signs is a counter.
_COUNTED: Final = tokens("""
views view comments comment shares share likes like reads read reading min mins minute minutes votes ago hour
hours просмотров просмотра просмотры прочтений комментариев комментария комментарии комментарий чтения мин минут
минуты переглядів перегляди перегляд коментарів коментарі коментар читання хв хвилин хвилини прочитань kommentare
kommentar aufrufe lesezeit minuten lesedauer vues commentaires commentaire partages lecture minuto minutos vistas
visitas comentarios comentario comentários comentário visualizações leitura lectura lettura minuti
visualizzazioni commenti condivisioni reacties leestijd minuut wyświetleń komentarzy komentarze komentarz
czytania zobrazení komentářů komentáře čtení okunma yorum dakika görüntülenme süre okuma vizualizări comentarii
citiri citire lượt xem phút đọc dibaca menit baca visninger läsningar kommentarer de di
czas czytania час время temps tempo tiempo timp time
""")
_COUNTED_GLUED = re.compile(
    r"^[\s\d.,:|·•\-—/]*(?:조회수?|댓글|공유|阅读|閱讀|浏览|瀏覽|评论|評論|点赞|閲覧数|コメント)[^\w]*\d*"
)


def rule(text: str, *, soft: bool = False) -> str | None:
    """The kind of notice a line is, None if it is none. What is quoted in it does not count.

    `soft` counts what an article of advice may say as well: for boxes, not for paragraphs.

    >>> rule("Your browser does not support this video."), rule("1,204 views · 3 min read"), rule("He left at noon.")
    ('video', 'counter', None)
    """
    if len(text) > MAX_NOTICE:
        return None
    if _counts(text):
        return "counter"
    plain = text if text.isascii() else _together(text)
    return next(iter(_NOTICES.found(plain, soft=soft).values()), None)


def _together(text: str) -> str:
    """Without the blanks that Korean lines put where others do not, if there are such signs at all."""
    return f"{text} {text.replace(' ', '')}" if max(text) >= "\u2e80" else text


def _counts(text: str) -> bool:
    if len(text) > 80 or not any(map(str.isdigit, text)):
        return False
    said = [word for word in words(text) if not word.isdigit()]
    if said and all(word in _COUNTED for word in said):
        return True
    return len(text) < 30 and bool(_COUNTED_GLUED.match(text))
