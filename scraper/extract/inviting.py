"""How a line invites its reader to follow, join, install or pay: counted are the signs of it, from a list each.

A sentence of an article shows one or two of them (`the ministry wrote on Telegram`, with a link); an invitation shows
three or more: it tells the reader to do something, speaks of itself as *us*, names a channel, and leads there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from scraper.extract import appeals, phrases
from scraper.extract.blocks import Piece
from scraper.extract.spoken import unquoted, words
from scraper.extract.tree import Element, is_link
from scraper.extract.words import tokens

MAX_INVITATION: Final = 300
ENOUGH: Final = 3
# So short a line with all these signs need not even tell the reader what to do.
MAX_BARE: Final = 90
MAX_FILLER: Final = 3
MIN_PLEADING: Final = 2
_FILLERS: Final = tokens("please bitte jetzt auch aussi also або или также click clique")

# What the reader is told to do, where it is said of nothing else at the beginning of a line.
_DO: Final = tokens("""
make follow subscribe join donate download install sign register click tap add get listen watch read like contribute
support
chip unsubscribe discover explore become give help pledge stay try book grab
folge folgen folgt abonniere abonnieren abonniert lade laden hol holen spende spenden unterstütze unterstützen klicke
klicken melde melden jetzt hier lies lesen höre hören werde werden bleib bleiben
suivez contribuez aidez abonnez inscrivez rejoignez téléchargez soutenez cliquez retrouvez recevez participez
écoutez découvrez adhérez
aporta ayúdanos contribuye sigue síguenos siguenos siga suscríbete suscribete suscríbase únete unete descarga
descárgate haz hazte apóyanos apoya
regístrate apúntate clic recibe escucha entra acompanhe inscreva assine clique baixe apoie receba participe entre ouça
segue seguici segui iscriviti abbonati scarica clicca sostieni sostienici unisciti ascolta ricevi
volg abonneer steun klik word meld ontvang luister schrijf följ prenumerera ladda klicka stöd gå lyssna bli
anmäl swisha
følg abonner last støtt støt tilmeld hent bliv lytt lyt seuraa tilaa lataa tue liity kuuntele
śledź obserwuj subskrybuj zapisz dołącz pobierz kliknij wesprzyj polub wspieraj posłuchaj
sledujte sleduj odebírejte odoberajte přihlaste prihláste stáhněte stiahnite podpořte podporte přispějte prispejte
klikněte přidejte pridajte poslechněte kövess kövessen iratkozz iratkozzon töltsd csatlakozz csatlakozzon
támogasd támogass
támogasson kattints kattintson urmărește urmărește urmăriți abonează abonați descarcă descărcați susține
susțineți donează
donați intră alăturați alătură следете абонирайте последвайте подкрепете присъединете pratite prijavite
preuzmite podržite
pridružite
підписуйтесь підписуйтеся підписуйся підпишіться підпишись стежте слідкуйте приєднуйтесь приєднуйтеся приєднайтесь
приєднайтеся приєднуйся долучайтесь долучайтеся долучайся завантажуйте завантажте підтримайте підтримуйте тисніть
натисніть читайте слухайте дивіться донатьте задонатьте ставайте станьте вступайте допоможіть
подписывайтесь подпишитесь подписывайся следите присоединяйтесь присоединиться вступайте скачайте скачивайте
установите
поддержите читайте слушайте смотрите жмите нажмите оформите станьте помогите
ακολουθήστε ακολούθησε εγγραφείτε γραφτείτε κατεβάστε στηρίξτε διαβάστε κάντε ακούστε
takip abone katılın katıl indirin indir destekleyin destekle tıklayın tıkla üye izləyin qoşulun
تابعونا تابعنا تابعوا تابع اشترك اشتركوا انضم انضموا حمل حملوا ادعم ادعموا ادعمنا اضغط دنبال بپیوندید عضو دانلود حمایت
עקבו הצטרפו הירשמו הורידו תמכו לחצו फॉलो जुड़ें जुड़िए डाउनलोड सब्सक्राइब क्लिक
ikuti gabung bergabung bergabunglah unduh klik dukung dapatkan jiunge fuata pakua theo đăng tải tham ủng
""")
_US: Final = tokens("""
us our ours  uns unser unsere unserem unseren unserer unseres  notre   nuestro nuestra nuestros nuestras
nosso nossa nossos nossas  conosco nostro nostra nostri nostre  seguici ons onze oss vår vårt våra våre vores
meitä meidän nasz nasza nasze naszą naszego naszej naszym naszych   nám náš naše naši našeho našim našich naší našu
minket bennünket oldalunkat noastră nostru noștri  нас наш наша наше наші нашу нашого нашій нашої нашому нашим
наших нам
нашей нашем нашего нашите нашия μας bizi bize bizim haberlerimizi sayfamızı kanalımızı kanalımıza uygulamamızı
تابعونا
تابعنا لنا قناتنا قنواتنا صفحتنا تطبيقنا إلينا  אחרינו אלינו שלנו हमारे हमारी हमें हमारा kami chúng nasi
síguenos siguenos
apóyanos sostienici gazetemizi bültenimize yetu
""")
_CHANNEL: Final = re.compile(
    r"(?i)telegram|телеграм|تلغرام|تلگرام|تيليجرام|טלגרם|टेलीग्राम|whats ?app|вотсап|ватсап|واتساب|व्हाट्स|viber|вайбер|"
    r"facebook|фейсбу|फेसबुक|فيسبوك|instagram|[іи]нстагра|youtube|ютуб|यूट्यूब|\btwitter|тв[іи]тт?ер|\bthreads\b|tik ?tok|"
    r"т[іи]кток|bluesky|mastodon|linkedin|discord|\bzalo\b|\bLINE\b|google[ -](?:news|nieuws|not[ií]cias|haberler|"
    r"actualités|discover|новини|новости|nachrichten|zprávy|wiadomości)|новинах google|\brss\b|newsletter|nieuwsbrief|"
    r"nyhetsbrev|nyhedsbrev|uutiskirje|rundbrief|bolet[ií]n|boletins?\b|bülten|розсилк|рассылк|hírlevel|zpravodaj|нюзлетър|"
    r"podcast|подкаст|podd\b|\bapp\b|\bapps\b|\baplica|applicazione|\bapplication\b|aplikac|aplikasi|uygulama|applikation|додат[ок]+\b|"
    r"застосун|приложени|канал|channel|\bkanal|\bcanal\b|\bcanale\b|chaîne|kênh|قناة|कनाल|アプリ|客户端|ニュースレター|뉴스레터|카카오"
)
_PLACE: Final = re.compile(
    r"(?i)^(?:/\w\w)?/apps?/?$|^(?:https?:)?//(?:[\w-]+\.)*(?:t\.me/(?!.*/\d)|telegram\.me/|whatsapp\.com/|wa\.me/|invite\.viber\.com|viber\.com|"
    r"news\.google\.|google\.com/preferences|play\.google\.com|apps\.apple\.com|itunes\.apple\.com|appgallery|"
    r"podcasts\.apple\.com|podcasts\.google\.com|open\.spotify\.com|line\.me|zalo\.me|flipboard\.com|feedly\.com|patreon\.com|"
    r"ko-fi\.com|buymeacoffee\.com|liberapay\.com|opencollective\.com|paypal\.(?:com|me)|steadyhq\.com|substack\.com|"
    r"donorbox\.org|(?:facebook|instagram|youtube|tiktok|threads|linkedin|twitter|x)\.(?:com|net)/(?:@?[\w.-]+|channel/[\w-]+|"
    r"company/[\w-]+|user/[\w-]+|c/[\w-]+)/?(?:\?.*)?$)"
)
_QUESTION: Final = re.compile("[?？؟]")
# Somebody's own words, put into the page as they stand elsewhere.
_POST: Final = re.compile(r"//(?:t\.co|(?:www\.)?(?:twitter|x)\.com/\w+/status)/")
# Where one part of a line ends and the next may tell the reader to do something.
_PARTS: Final = re.compile(r"[.!?:;,—–|>»…。！？։।؟]+\s*|\s[-и&]\s| and | und | et | y | e | та | і ")
# In these languages the verb stands last.
_DO_LAST: Final = tokens("""
takip abone katılın katıl indirin indir tıklayın tıkla destekleyin izləyin qoşulun दنبال दبाएं फॉलो जुड़ें
जुड़िए डाउनलोड सब्सक्राइब क्लिक دنبال بپیوندید عضو دانلود حمایت herunterladen anmelden abonnieren
""")
# Signs of languages that write words together, or put the verb last.
_DO_GLUED: Final = tokens("""
フォロー 友だち追加 登録は 登録する 購読する ダウンロード 关注我们 關注我們 扫码 掃碼 点击这里 點擊 下载 下載
追蹤 加入我们 加入我們 订阅 訂閱 支持我们 捐助 捐款 赞助 구독 팔로우 다운로드 친구추가 후원하 후원으로 후원해
함께해주세요 ติดตาม ご支援 寄付を
""")
_US_GLUED: Final = tokens("""
私たち 当社 本紙 弊社 公式アカウント 公式 我们 我們 本报 本報 本台 저희 우리 본지 독립언론 เรา
""")


class Signs(NamedTuple):
    """What a line shows: tells the reader to do something, says *us*, names a channel, leads to one, asks for help."""

    tells: bool
    us: bool
    channel: bool
    leads: bool
    asks: int


def signs(text: str, hrefs: list[str], *, soft: bool = False) -> Signs:
    """The signs of an invitation in a text with these links; `soft` counts phrases of appeals that advice has too.

    >>> sum(signs("Follow us on Telegram for more.", ["https://t.me/paper"])), sum(signs("He wrote on Telegram.", []))
    (4, 1)
    """
    said = words(text)
    us = any(word in _US for word in said) or any(sign in text for sign in _US_GLUED)
    leads = any(_PLACE.match(href) or phrases.CALL.search(href) for href in hrefs)
    asks = min(2, appeals.cues(text, soft=soft))
    return Signs(_tells(text, said), us, bool(_CHANNEL.search(" ".join(said))), leads, asks)


def _tells(text: str, said: Sequence[str]) -> bool:
    """Whether a part of a line begins by telling the reader to do something, or ends so where verbs stand last."""
    if any(_begins(words(part)) for part in _PARTS.split(unquoted(text))):
        return True
    joined = text.replace(" ", "")
    return any(word in _DO_LAST for word in said) or any(sign in joined for sign in _DO_GLUED)


def _begins(said: Sequence[str]) -> bool:
    """Whether the first word tells to do something, or the second behind *please* or a word as short as *or*."""
    return any(word in _DO for word in said[:1]) or (
        len(said) > 1 and said[1] in _DO and (len(said[0]) <= MAX_FILLER or said[0] in _FILLERS)
    )


def invites(piece: Piece) -> bool:
    """Whether a line is an invitation: signs enough, and something to click, type that sets it apart, or no doubt."""
    text = piece.text
    post = piece.kind == "quote" and any(map(_POST.search, piece.hrefs))
    if len(text) > MAX_INVITATION or post or not (piece.linked or _begins_telling(text)):
        return False
    apart = is_set_apart(piece.element)
    shown = signs(text, piece.hrefs, soft=apart)
    if not piece.linked:
        return sum(shown) >= ENOUGH and shown.channel
    pleads = shown.asks + shown.tells >= MIN_PLEADING and bool(shown.asks)
    if _ends_in_link(piece.element) and (pleads or (apart and (_asks_first(text) or sum(shown) > 1))):
        return True
    if piece.kind == "quote" and not (apart or shown.asks or shown.tells):
        return False
    return sum(shown) >= ENOUGH and (shown.tells or bool(shown.asks) or (shown.us and (apart or len(text) <= MAX_BARE)))


def _asks_first(text: str) -> bool:
    """Whether a question stands before the last words of a line."""
    return _QUESTION.search(text.rstrip(" ?？؟")) is not None


def _begins_telling(text: str) -> bool:
    """Whether the first words of a line tell the reader to do something."""
    return _begins(words(text)) or any(sign in text for sign in _DO_GLUED)


def is_set_apart(block: Element) -> bool:
    """Whether all of a block is in italics or bold."""
    node = block
    for _ in range(4):
        kids = [kid for kid in node.kids if not (isinstance(kid, str) and not kid.strip())]
        if len(kids) != 1 or isinstance(kids[0], str):
            return False
        node = kids[0]
        if node.tag in {"em", "i", "strong", "b"}:
            return True
    return False


def _ends_in_link(block: Element) -> bool:
    """Whether the last words of a block are a link, as that of a call to do something is."""
    text = block.text().rstrip(" .!→»>")
    last = [node for node in block.walk() if is_link(node)][-1:]
    return bool(last) and text.endswith(last[0].text().strip(" .!→»>"))
