"""How a page speaks to its reader for itself: asking for money, members, addresses. Data, and the count of it.

One phrase to a cell, as `spoken.py` reads them; `~` marks what an article of advice may say as well. An article about
donations or newsletters speaks of them in the third person or in quotation marks, where nothing is counted.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.extract.spoken import Wording
from scraper.extract.words import tokens

_TEXT: Final = """
become/becoming a/an _? member/patron/subscriber/supporter/friend/donor
gift/gifting a/the membership/subscription/gift
our/new/more members/supporters/patrons/donors | ~_ new members | members on board | ~out of _ members
support/supporting our/us/independent/quality/local/free/brave/fearless _? work/journalism/reporting/newsroom/mission
support/supporting our/us/independent/quality/local/free/brave/fearless _? team/media/coverage/press
support us | support our | support the _? _? work/journalism/reporting/newsroom/mission/times/independent
make/making a/an _? donation/contribution/gift/pledge | donate today/now/here/online
contribute today/now/here/whatever/what
chip in
please/consider support/supporting/donate/donating/subscribe/subscribing/becoming/contributing/contribute
please/consider gifting/making/join/joining/help
your _? support/donation/donations/contribution/contributions/gift/membership/help/subscription/inbox/generosity/email/e
readers like you | people like you | our readers | ~our audience | funded by our/readers/you | thanks to our/your
~all thanks to
to readers like | help us | help keep/fund/protect/sustain our/us/this/independent | we need your/you
need your help/support
~our community | join us/our/over/more/thousands/the/now/today/this | small favor/favour
our journalism/journalists/reporting/reporters/newsroom
our mission/commitment/work/voice/independence/subscribers/coverage/team | we the journalists/editors/team
refuse to be silenced
~subscribe/subscribing to/now/today/for/here/via/on | ~sign/signing/signed up for/to/here/now/today/below/and
~signing up
~newsletter/newsletters today/here/now | our/free/daily/weekly/this _? newsletter/newsletters | ~your mailbox
~in/to your inbox | ~delivered to/straight/directly
~enter your e/email/mail | ~just $/€/£ | ~starting from/at just/only | ~a/per month | ~cancel any/anytime
~free trial | ~unlimited access | ~register for free/to | enjoying/enjoyed this/our story/article/journalism/reporting
~create an/a/your _? account | ~sign/log in to/or/and | ~already a/an subscriber/member
~already have/registered an/a? | ~ad free
~as you may have | ~if you enjoyed/liked/value/like/can/please/appreciate/believe
thank you for reading/your/signing/subscribing/supporting
~get our/unlimited/exclusive/full/the _? access/app/newsletter/stories/news/headlines | ~do not miss/don't
~download/install our/the _? app
~remind me | ~maybe later | not ready to support | ~thanks for signing | ~be among/the first to get/know/comment
~pre order/orders now
~confirmation email | ~check your email/inbox | ~unsubscribe at/any
~by signing/subscribing/clicking/submitting you/up | ~you agree to our/the
~our privacy policy | ~our terms | ~follow us | ~like us on | ~whatsapp channel | ~telegram channel
quality journalism | needs your help/support
~goal _ members/subscribers | for our birthday | keep our/us/it/this _? _? free/open/independent/alive/going
save independent media
only one in _? _? readers | makes/make a financial contribution | our first ever
first ever magazine/book/course/merch | ~watch now | watch us on | listen to our
explore our | visit our store/shop | our online store/shop
brave/fierce/fearless/independent journalism for/without
we have been named/designated/labelled/labeled/declared/branded | needs your | ~under attack by/from | ~no paywall
~paywall free | reader funded
unterstützen/unterstütze/unterstützt sie/uns/unsere/unseren/du/ihr
ihre/deine/eure spende/unterstützung/hilfe/abo/beitrag
jetzt/heute _? spenden/abonnieren/bestellen/anmelden/registrieren/testen/unterstützen/mitglied
werden/werde sie/mitglied/teil/abonnent/unterstützer*
unser/unseren/unserem/den/kostenlosen/kostenloser/einen _? newsletter | newsletter abonnieren/bestellen/anmelden/an
~jederzeit/monatlich kündbar/kündigen
unsere/unserer/unseren leser*/arbeit/unabhängig*/redaktion/community/berichterstattung/recherchen/journalist*
wir brauchen ihre/deine/eure/sie/dich
abonnieren/abonniere sie/jetzt/unseren/den | melden/melde sie/dich | ~hier anmelden/abonnieren
leserinnen und leser/lesern | ~für nur _ euro | ~pro monat | ~ich bin damit
soutenez nous/notre/une/le/un/la | soutenir notre/nous | faites/faire un don
votre soutien/don/aide/boîte/adresse/email/inscription
abonnez vous | inscrivez vous | identifiez vous | connectez vous | recevez notre/nos/chaque/le/la/les
devenez/devenir _? membre/abonné/abonnée/soutien
notre newsletter/journalisme/rédaction/indépendance/travail/lettre/communauté/équipe
nos lecteurs/abonnés/membres/newsletters/journalistes
nous avons besoin | aidez nous | grâce à ses/nos/vos lecteurs/lectrices/dons/abonnés
rejoignez nous/notre/la | ~sans engagement | ~par mois | profitez d/de
apóyanos | apoya nuestro/a/el/al/nuestra | hazte socio/socia/miembro/suscriptor* | haz una donación
tu/su apoyo/donación/ayuda/correo/contribución/suscripción
suscríbete | suscríbase | suscribirse a
nuestro/nuestra/nuestros/nuestras periodismo/boletín/newsletter/lectores/trabajo/comunidad/redacción/suscriptores/socios
regístrate | ayúdanos a | necesitamos tu/su | únete a | recibe nuestro/nuestra/las/en | ~al mes | gracias por leer/tu
apoie o/a/nosso/nos | assine o/a/já/agora/nossa | inscreva se | faça uma doação | seu apoio/e/email
sua doação/contribuição/assinatura
nosso/nossa/nossos/nossas jornalismo/newsletter/leitores/trabalho/canal/assinantes/redação/comunidade
precisamos de/da/do | receba as/nossa/no/nossas | torne se
sostieni/sostienici il/la/ci/il | abbonati a/ora/subito | iscriviti alla/ora/al/qui | dona ora/adesso/il
fai una donazione | il tuo sostegno/contributo/aiuto/abbonamento
nostra/nostro/nostri/nostre newsletter/giornalismo/lettori/lavoro/redazione/comunità | abbiamo bisogno di/del
diventa socio/abbonato/membro | ~al mese
steun ons/onze/de/het | word lid/abonnee/donateur/vriend | doneer nu/hier | jouw/uw/je steun/bijdrage/donatie
schrijf je | meld je | abonneer je/u/nu
onze nieuwsbrief/lezers/journalistiek/redactie/abonnees/community/verhalen | ~per maand | ontvang onze/de/elke
støtt/stöd/støt oss/vårt/vår/os/vores/uavhengig/uafhængig/oberoende
bli/bliv medlem/prenumerant/abonnent/supporter/månadsgivare | meld deg | anmäl dig | tilmeld dig
vårt/vores/vår/våre/våra nyhetsbrev/nyhedsbrev/lesere/abonnenter/läsare/læsere
vårt/vores/vår/våre/våra journalistik/journalistikk/arbeid/arbete/arbejde
~i månaden | ~per måned
tilaa uutiskirje/nyt/meidän | tue meitä/journalismia | lukijamme/lukijoidemme _
wesprzyj nas/naszą/nasze/niezależne/ | wspieraj nas/nasze/naszą | wpłać na/teraz | zapisz się | zaprenumeruj _
subskrybuj _ | dołącz do | twoje wsparcie | twoja pomoc/wpłata
nasz/nasza/nasze/naszego/naszym/naszych newsletter*/czytelni*/dziennikarstw*/prac*/redakcj*/patron*
zostań patron*/naszym/subskryb* | potrzebujemy twoj*/was*/two*
podpořte nás/naši/nezávislou | podporte nás/našu | přispějte na/nám | prispejte _ | přihlaste se | odebírejte _
staňte se | vaše/vaší podpor* | naše/našeho/našich čtenář*/newsletter*/práci/žurnalistik*
támogasson/támogass/támogassa minket/bennünket/munkánk* | iratkozzon/iratkozz fel | hírlevel* _
susține/susțineți ne/jurnalism*/echipa | abonează te | donează acum
поддержите нас/нашу/редакцию/независим*/наш | поддержать нас/нашу/редакцию/нашу
ваша/вашу/вашей/ваше поддержк*/помощ*/пожертвован* | подпишитесь на | подписывайтесь на/на | оформите подписку
сделайте пожертвование/донат | станьте патроном/подписчиком/нашим
наш/наши/наших/нашей/нашу/наша/нашему читател*/рассылк*/работ*/журналист*/редакци*/телеграм*/канал*
нам нужна/необходима ваша | нужна/необходима ваша/твоя поддержка/помощь
потрібна ваша/твоя підтримка/допомога | помогите нам | спасибо что | без вашей _? | оформить подписку | ~в месяц
підтримайте нас/нашу/роботу/незалежн*/редакцію/наш | підтримати нас/нашу/редакцію
ваша/вашу/вашої/ваш підтримк*/допомог*/внес* | підпишіться на | підписуйтеся на | підписуйтесь на
станьте нашим/патроном/частиною/другом/учасником
наш/наші/наших/нашої/нашу/наша читач*/розсилк*/робот*/журналіст*/редакці*/спільнот*/канал*
приєднуйтесь/приєднуйтеся до | допоможіть нам | нам потрібна ваша
завдяки підтримці/донатам читачів/спільноти/читачам | підтримайте _? _? донатом | благодаря поддержке/донатам читателей
долучайтесь/долучайтеся до | зробіть внесок | завдяки вам/вашій/нашим | ~на місяць
աջակցեք _ | աջակցիր _ | բաժանորդագրվեք _ | բաժանորդագրվիր _ | դարձեք մեր/անդամ | მხარი დაგვიჭირეთ | გამოიწერეთ _
დაგვეხმარეთ _ | შემოგვიერთდით _ | თქვენი მხარდაჭერა/დახმარება
bize destek* | destek olun/ol | abone olun/ol | üye olun/ol | bağış yapın/yap | bültenimize/bültenimiz _
okurlarımız* _ | gazeteciliğimiz* _ | sizin desteğiniz* | bizə dəstək | dəstək olun | abunə olun
ادعمنا _ | تبرع الآن/لنا | اشترك في/الآن/معنا | انضم إلى/إلينا | بدعمكم _ | نشرتنا _ | תמכו ב*/בנו | הצטרפו ל*/אלינו
הירשמו ל*
सब्सक्राइब करें/करे | डाउनलोड करें/करे | ऐप डाउनलोड/पर | हमें सहयोग/फॉलो | प्रीमियम मेंबर*
"""
# Scripts without blanks between words.
_GLUED: Final = tokens(
    "ご支援 会員登録 メールマガジン 無料登録 ご購読 ご寄付 구독하 후원해 후원하 회원가입 "
    "뉴스레터 订阅 支持我们 捐款 免费注册 訂閱 贊助"
)

_PHRASES: Final = Wording({"appeal": _TEXT}, {"appeal": _GLUED})

# What begins like this speaks of the paper itself, as its own letters to readers do; the rest asks for something.
_OWN: Final = re.compile(
    r"(?:our|the|unser|notre|nos|nuestr|noss|nostr|onze|vårt|nasz|naše|наш|we|quality|funded|thanks)"
)


def cues(text: str, *, soft: bool = True) -> int:
    """How many different phrases of that kind `text` has, outside quotation marks; the doubtful ones only if `soft`.

    >>> cues("Become a member today and support our journalism."), cues("Ministers met on Monday.")
    (2, 0)
    """
    return len(_PHRASES.found(text, soft=soft))


def asks(text: str) -> bool:
    """Whether `text` asks for something, rather than only speaking of the paper itself.

    >>> asks("Please support us."), asks("Our readers know our newsroom.")
    (True, False)
    """
    return any(not _OWN.match(phrase) for phrase in _PHRASES.found(text, soft=False))
