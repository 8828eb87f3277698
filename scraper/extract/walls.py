"""What pages say that stand in for an article: challenges, errors, logins, consent, empty searches, and what ends a
teaser. Data, and the search in it.

Cells as in `wordings`; `~` marks what an article may say as well: it counts in a headline that says nothing else.
Nothing is counted inside quotation marks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from scraper.extract.spoken import unquoted
from scraper.extract.wordings import Wordings

Word = Literal["challenge", "error", "login", "consent", "search", "wall"]

_CHALLENGE: Final = """
~just a moment | ~one moment please | ~one more step | ~attention required | ~access denied | ~captcha | ~robot check
checking/verifying/verify your/the browser/device/connection | checking if the site connection | ~security check
verify/confirm/prove/verifying/confirming/check/checking/sure .. you/you're are/re/a .. human/person/bot/robot
are you a/an human/robot/bot | are you human | ~security verification | you/i are/am/'re not a robot/bot
~not a robot/bot | ~unusual/suspicious traffic/activity | unusual/suspicious traffic/activity .. your/network
to make/be sure .. not .. robot/bot
enable js/javascript/cookies and .. cookies/reload/disable/blocker | review the security of your connection
press and/& hold | ~ddos protection | ~bot protection/detection | pardon our interruption | ~request unsuccessful
~request blocked | you have been blocked | ~automated access/requests/traffic | complete/solve the/this/a captcha
incident id | your requests .. program/robot/bot | access to this page has been denied | please/wait .. while we
nur einen moment | ob/dass sie ein mensch sind | ~kein roboter | sicherheit ihrer verbindung | ~sicherheitsüberprüfung
ihr browser wird überprüft | ungewöhnliche* aktivität*/datenverkehr .. ihr* | sind sie ein mensch/roboter
~un instant | que vous/tu êtes/es .. humain* | pas un robot | sécurité de votre connexion | ~vérification de sécurité
vérification de votre navigateur | trafic inhabituel .. votre
que/usted es/eres/sea .. humano | no eres/es/soy un robot | comprobando/verificando su/tu navegador | ~un momento
seguridad de su/tu conexión | tráfico inusual .. su/tu | ~comprobación/verificación de seguridad
que você/vc é .. humano | não é/sou/és um robô | segurança da/de .. conexão | ~verificação de segurança
que sei/siete .. uman* | di essere .. uman* | non sei/sono un robot | sicurezza della .. connessione
u/je een mens bent | bent u/je een mens/robot | geen robot | beveiliging van uw/je verbinding | ~momentje geduld
jesteś człowiekiem | nie jesteś/jestem robotem | ~chwileczkę | bezpieczeństwo .. połączenia
~sprawdzanie przeglądarki
що ви людина | ви не робот | не робот | перевіря* .. браузер* | ~перевірка безпеки | безпеку вашого з'єднання
что вы .. человек/робот | вы не робот | не робот | проверя* .. браузер* | проверка браузера | ~проверка безопасности
отправляли вы, а не робот | безопасность .. подключения
že jste/ste člověk/človek | nejste/nie ste robot | insan olduğunuz* | robot olmadığınız* | robot değilim/değilsiniz
~güvenlik kontrolü | είστε/είσαι άνθρωπος | δεν είστε/είμαι ρομπότ | ~έλεγχος ασφαλείας
أنك/أنكم إنسان/بشر/بشري | لست روبوت* | أنت لست .. روبوت* | ~التحقق الأمني | ربات نیستید/نیستم | انسان هستید/بودن
שאתה/שאינך/שאתם/שאינכם .. רובוט/אדם/אנושי/אנושיים | लिए .. आप .. इंसान | आप इंसान/मानव हैं | रोबोट नहीं
安全验证 | 人机验证 | 不是机器人 | 您是真人 | 是否为真人 | 拖动滑块 | 安全驗證 | 不是機器人 | 您是人類
正在检查您的浏览器 | 访问验证
ロボットではない | ロボットではありません | 人間であることを | しばらくお待ちください | ブラウザを確認
セキュリティチェック
로봇이 아닙니다 | 로봇이 아님 | 사람인지 확인 | 사람임을 | 자동 접속 | 보안 확인 | 자동입력 방지 | 브라우저를 확인
không phải là robot/người | không phải robot | bạn là con người | xác minh bạn | kiểm tra trình duyệt
bukan robot | anda/kamu adalah manusia | bahwa anda manusia | memeriksa peramban/browser
är .. människa | inte en robot | du er .. menneske | ikke en robot | olet ihminen | et ole robotti
nem .. robot | hogy .. ember | nu sunteți/ești .. robot | sunteți om | не сте робот | da niste robot
da ste čovjek/čovek
ไม่ใช่หุ่นยนต์ | คุณเป็นมนุษย์
"""
_ERROR: Final = """
there is nothing at this address | nothing at this address | we took .. story/page/article down | has expired and
~404 | ~410 | ~451 | ~500 | ~502 | ~503 | ~504 | ~not found | ~oops | ~error 404 | ~error | ~access denied
~page missing/unavailable | page/story/article/content .. not/cannot/couldn't/can't .. found/exist
~page not found | page/link/article/story/content you/that .. looking for/were/requested | doesn't/no .. exist anymore
~this/the page/article/story/content .. no longer/not available/exists/here | no longer available on/here
can't/cannot/couldn't find that/the/this page/article/story | we can't/couldn't find .. page
may/might have been moved/deleted/removed/renamed | has been removed from our/the site/website | ~something went wrong
~under/scheduled/site maintenance | down for .. maintenance | ~temporarily unavailable | ~we'll/will be back soon
~be back soon/shortly | ~service unavailable | ~bad gateway | ~gateway timeout | ~internal server error
~service temporarily unavailable | ~too many requests | web server reported | error establishing .. database
~database error | account .. suspended | ~account suspended | domain/name .. for sale | ~domain parked
buy this domain
domain .. parked .. free/courtesy/by | domain .. expired | domain .. not yet .. website
not available/accessible in/from your region/country/location/area | unavailable .. european/your country/region
unavailable .. legal reasons | ~geo-blocked/restricted | ~unavailable for legal reasons | access .. from your country
permission to access .. server/page | ~we're/we sorry/apologize
~seite nicht gefunden/verfügbar | ~nicht gefunden | ~fehler 404 | seite .. existiert nicht/leider | ~wartungsarbeiten
seite .. nicht mehr/gefunden | ~wartung | seite/inhalt/artikel .. nicht mehr/verfügbar/vorhanden
seite .. derzeit/momentan nicht | in ihrem land/ihrer nicht/region
~page introuvable | ~page non trouvée | ~introuvable | page .. n'existe/existe plus/pas | page .. recherchez/cherchez
~erreur 404 | ~site en maintenance | ~maintenance en cours | ~article supprimé | pas disponible dans votre pays/région
~página no encontrada/existe/disponible | ~no encontrada | página/contenido .. no existe/está | ~error 404
página/contenido .. busca* .. existe/encontr*/elimin* | ~contenido no disponible | ~sitio en mantenimiento
no está disponible en su/tu país/región
~página não encontrada/existe | ~não encontrada | ~conteúdo indisponível | página/conteúdo .. não está/existe/foi/pode
~erro 404 | ~em manutenção | não está disponível no/em seu país
~pagina non trovata | ~non trovata | ~errore 404 | pagina .. cercando/cercavi/richiesta .. non/stata
~in manutenzione
pagina .. non esiste/disponibile | ~contenuto non disponibile
~pagina niet gevonden | ~niet gevonden | pagina .. bestaat niet | pagina .. zoekt .. niet | ~fout 404 | ~onderhoud
~strona nie istnieje/znaleziona/została | ~nie znaleziono | strona .. nie istnieje/została | ~błąd 404
~przerwa techniczna | ~prace konserwacyjne | ~stránka nenalezena/nenájdená | ~stránka nebyla | ~chyba 404
~страница не найдена/существует | ~не найдена | ~ошибка 404 | такой страницы .. нет/существует/не | ~страница удалена
страница .. удалена/перемещена/не | ~технические работы | ведутся технические работы | ~сайт недоступен
~материал удалён/удален | сайт временно недоступен
~сторінку/сторінка не знайдено/знайдена/існує | ~не знайдено | ~помилка 404 | сторінк* .. не .. існує
~технічні роботи
можливо, її видалили/перемістили | сайт тимчасово недоступний | ~страницата не .. намерена | ~страница није
~sayfa bulunamadı | aradığınız sayfa | ~bakım çalışması | ~hata 404 | sayfa .. kaldırılmış/taşınmış/silinmiş
~sidan/sida .. hittas/finns | ~hittades inte | ~siden .. funnet/finnes/fundet/findes | ~sivua ei löyt* | ~sivua ei
sidan du söker/letar | siden du leter/søker/leder | etsimääsi sivua | ~az oldal nem .. található
~oldal nem található
~pagina nu .. găsită/există/gasita | ~stranica nije .. pronađena/nađena
~η σελίδα δεν .. βρέθηκε/υπάρχει | ~δεν βρέθηκε | σελίδα που .. ζητάτε/αναζητάτε/ψάχνετε | ~σφάλμα 404
الصفحة غير موجودة/متوفرة/متاحة | لم يتم العثور على الصفحة | ~خطأ 404 | الصفحة التي تبحث/طلبت*
~صفحه .. یافت/پیدا نشد | صفحه .. وجود ندارد | ~הדף/העמוד .. לא/אינו נמצא/קיים | ~הדף לא נמצא
~पृष्ठ/पेज नहीं मिला | ~नहीं मिला | पृष्ठ/पेज .. मौजूद/उपलब्ध नहीं | ~পাতা .. পাওয়া যায়নি
页面不存在 | 页面未找到 | 找不到页面 | 您访问的页面 | 頁面不存在 | 找不到頁面 | 文章已被删除 | ~404 | 网站维护
系统维护中
ページが見つかりません | ページは見つかりません | お探しのページ | ページは存在しません | 記事は削除 | 公開期間が終了
掲載期間 | メンテナンス中
페이지를 찾을 수 없 | 존재하지 않는 페이지 | 요청하신 페이지 | 요청하신 기사 | 삭제되었거나 | 점검 중입니다
서비스 점검
~không tìm thấy trang/bài | ~không tìm thấy | trang .. không tồn tại | trang/bài .. đã bị xóa | ~lỗi 404
~halaman tidak ditemukan/ada/tersedia | ~tidak ditemukan | halaman .. anda cari | ~sedang dalam perbaikan
ไม่พบหน้า | หน้าที่คุณ
"""
_LOGIN: Final = """
~log/sign in/on | ~login | ~log/sign in/on to .. account | please log/sign in | log/sign in to continue/read/your
log/sign in or register/subscribe | forgot your/password | create a/an .. account to/and | ~create an/your account
~sign up | ~register | ~my account | register .. to read/continue
~anmelden | ~anmeldung | ~einloggen | bitte melden/loggen sie sich | passwort vergessen | um fortzufahren
~connexion | ~se connecter | ~connectez-vous | ~identifiez-vous | mot de passe oublié | pour accéder à .. article
~iniciar sesión | ~inicia sesión | ~acceder | ~entrar | olvidaste/olvidó .. contraseña | ~ingresar
~fazer login | ~faça login | esqueceu/esqueci .. senha | ~accedi | ~login | password dimenticata | ~inloggen | ~log in
wachtwoord vergeten | ~logg inn | ~logga in | ~log ind | ~logga in för att läsa | glömt lösenord* | glemt passord*
~kirjaudu | ~kirjaudu sisään | unohditko salasanan | ~zaloguj | ~zaloguj się | ~logowanie | nie pamiętasz hasła
~přihlášení | ~prihlásenie | zapomenuté heslo | ~bejelentkezés | ~autentificare | ~вход | ~войти | войдите, чтобы
забыли пароль | ~увійти | ~вхід | увійдіть, щоб | забули пароль | ~giriş | ~giriş yap | şifremi unuttum | ~prijava
~σύνδεση | ξεχάσατε .. κωδικό | ~تسجيل الدخول | نسيت كلمة | ~ورود | رمز .. فراموش | ~התחברות | ~כניסה | שכחת סיסמה
~लॉग इन | ~लॉगिन | पासवर्ड भूल | 用户登录 | 请登录 | 忘记密码 | 登入 | ログイン | パスワードを忘れ | 로그인
비밀번호 찾기
~đăng nhập | quên mật khẩu | ~masuk | lupa kata sandi | ~masuk akun | เข้าสู่ระบบ
"""
_CONSENT: Final = """
~before you continue | we value/respect your privacy | we care about your privacy | ~your privacy | ~privacy
~cookies | ~privacy settings/choices | ~cookie settings/preferences/policy/notice/consent | ~your choices | ~consent
we use cookies | we and our .. partners | our .. partners store/process/use/access | uses cookies | use of cookies
store and/or access .. information | store or access .. information | information on a/your device
personalised/personalized ads/advertising
process/processing .. personal data | manage/more options/preferences | accept/reject all | accept cookies
your consent | give/withdraw consent | your preferences will apply | click .. to consent | cookies .. agree
wir verwenden/nutzen .. cookies | cookies zu/akzeptieren/zustimmen | ~cookie-einstellungen | ~datenschutz*
mit werbung .. lesen | mit werbung und .. tracking | alle akzeptieren | wir und unsere .. partner
~ihre privatsphäre/daten | ohne werbetracking/tracking | akzeptieren und weiter | ~weiterlesen mit werbung
~zustimmung | ~einwilligung | wir schätzen ihre
nous utilisons .. cookies/traceurs | tout accepter | continuer sans accepter | avec nos .. partenaires
nos partenaires .. utilis*/stock*/accéd* | paramétrer les cookies | ~vos choix .. cookies | ~vos données
accepter et continuer
publicités personnalisées | respectons votre vie
usamos/utilizamos .. cookies | aceptar todo/todas | nosotros y nuestros socios
almacen* .. información .. dispositivo
tu/su privacidad es/nos .. importante/importa | ~tus/sus datos | ~tu/su privacidad | rechazar y suscribirse
aceptar y continuar | anuncios .. personalizados | aceitar todos/tudo | nós e os nossos .. parceiros
valorizamos a .. privacidade | armazen* .. informações .. dispositivo | anúncios personalizados | ~privacidade
usiamo/utilizziamo .. cookie/cookies | accetta/accettare tutto/tutti/cookie | noi e .. partner | accetta e continua
~accetta i cookie .. abbonati | cookie di profilazione | ~la tua privacy | rispettiamo la .. privacy | ~privacy
wij/we gebruiken .. cookies | alles accepteren | wij en onze .. partners | gebruikt cookies | plaatsen van cookies
uw/jouw/je toestemming .. cookies | ~cookies op | ik ga akkoord | ~jouw/uw privacy
vi använder .. kakor/cookies | godkänn alla | vi och våra .. partner* | ~vi värnar om | lagra och .. information
vi bruker/bruger .. cookies/informasjonskapsler | godta/tillad alle | vi og våre/vores .. partnere
käytämme evästeitä
hyväksy kaikki | ~samtykke | ~evästeet
używamy/wykorzystujemy .. cookie/cookies/plików | my i nasi .. partnerzy | szanujemy .. prywatność | zgadzam się
~twoja/twoją prywatność | akceptuję wszystko | przechowuj* .. informacj* .. urządzeni* | spersonalizowan* reklam*
~używáme/používáme .. cookies | ~souhlas | my a naši .. partneři | přijmout vše
ми використовуємо .. cookie/cookies/файли | прийняти все | ми та наші партнери | мы используем .. cookie/cookies/файлы
принять все/всё | мы и наши партнёры/партнеры | ~файлы cookie | використання .. cookie/cookies
использовани* .. cookie
çerez* kullan* | tümünü kabul | biz ve .. ortaklarımız | gizliliğinize .. değer | ~çerezler | ~gizlilik
χρησιμοποιούμε .. cookies | αποδοχή όλων | εμείς και οι συνεργάτες | σεβόμαστε .. ιδιωτικότητά | ~απόρρητο
αποθηκεύουμε .. πληροφορίες .. συσκευή | ~cookies
ملفات تعريف الارتباط .. موقع*/نستخدم/لتشغيل | نستخدم .. ملفات تعريف | قبول الكل | ~خصوصيتك | از کوکی .. استفاده
پذیرش همه
אנו/אנחנו משתמשים בעוגיות/ב-cookies/בקובצי | אישור הכל | ~הפרטיות
कुकीज़ .. उपयोग | कुकी .. उपयोग | सभी स्वीकार | ~गोपनीयता
使用 cookie | 使用cookie | 全部接受 | 接受所有 | クッキーを使用 | cookieを使用 | クッキーなど | すべて同意
続けるには同意 | 広告の最適化
同意する | クッキー .. 保存 | 쿠키를 사용 | 쿠키를 사용합니다 | 모두 동의 | 개인정보 .. 동의 | dùng cookie
sử dụng cookie | chấp nhận tất cả
memakai/menggunakan .. kuki/cookie/cookies | terima semua | cookie-kat/sütiket .. használ* | folosim .. cookie*
accept toate | koristimo kolačiće | използваме бисквитки | prihvati sve
"""
_SEARCH: Final = """
~search | search results | results for | results found | nothing found | no results | matched your search
~suche | suchergebnis* | treffer für | keine treffer/ergebnisse | ~recherche | résultats de .. recherche
aucun résultat
~búsqueda | resultados de .. búsqueda | resultados para | sin resultados | no se encontraron resultados
resultados da .. busca/pesquisa | nenhum resultado | ~busca | ~ricerca | risultati .. ricerca | nessun risultato
zoekresultaten | geen resultaten | ~zoeken | sökresultat* | inga träffar | søkeresultat* | ingen treff | hakutulokset
~szukaj | wyniki wyszukiwania | brak wyników | ~поиск | результаты поиска | ничего не найдено | ~пошук
результати пошуку | нічого не знайдено | ~arama | arama sonuçları | sonuç bulunamadı | ~αναζήτηση
αποτελέσματα .. αναζήτησης | δεν βρέθηκαν αποτελέσματα | نتائج البحث | لا توجد نتائج | نتایج جستجو | תוצאות חיפוש
לא נמצאו תוצאות
खोज परिणाम | कोई परिणाम | 搜索结果 | 搜尋結果 | 没有找到 | 検索結果 | 該当する記事 | 검색 결과 | 검색결과
kết quả tìm | không có kết quả
hasil pencarian | tidak ada hasil | výsledky .. hledání/vyhledávání | keresési találat* | rezultate .. căut*
"""
_WALL: Final = """
this/the article/story/content/post/page is .. subscribers/members | subscribers/members only | subscriber-only
for .. paying subscribers/members only | subscribe to/and read/continue/unlock/keep/see | subscribe now to
continue reading/keep with/for/this/by/your | to continue/keep reading | to read the full/rest/whole/entire
register/create/sign/log/subscribe .. to continue/read/keep | unlock this/the/full/more
you've/you reached/read/used .. free/monthly/article articles/stories/article/limit | reached your limit
~already a/an subscriber/member | ~already have an account | ~cancel anytime | ~subscribe now | ~sign in
weiterlesen/weiter lesen mit/nach | jetzt/hier weiterlesen | nur für .. abonnent*/abonnenten/mitglieder
exklusiv für .. abonnent*/mitglieder | dieser/der artikel/beitrag/inhalt ist .. für/abonnenten/plus
mit .. abo .. lesen
~bereits abonnent/abonnentin/registriert/kunde | ~jederzeit kündbar | lesen sie .. weiter .. mit/abo
um weiterzulesen
il vous reste .. % | réservé* aux abonnés | ~déjà abonné/abonnée/inscrit | pour lire la suite
lire la suite .. abonn*
article réservé | cet article est .. abonné* | pour continuer .. lecture/lire | la suite .. abonné*
exclusivo para .. suscriptor*/socios | solo para suscriptores | para seguir/continuar leyendo | ~ya eres suscriptor/a
suscríbete para/y .. leer/seguir/leyendo | reservado .. suscriptor* | exclusivo para/de .. assinantes
~já é assinante | assine para/e .. ler/lendo/continuar | para continuar lendo/leitura/a | só para assinantes
riservat* .. abbonati | per continuare a leggere | abbonati per .. leggere | ~sei già abbonato | ~già abbonato
alleen voor .. abonnees/leden | exclusief voor .. abonnees | verder lezen | lees verder met/dit | ~al abonnee
om verder te lezen | voor abonnees .. leesbaar/toegankelijk
läs vidare med/som/genom | endast för prenumeranter | för prenumeranter | för att läsa .. prenumer*/logga/artikeln
~redan prenumerant
forbeholdt .. abonnenter
kun for abonnenter | for abonnenter | les videre med | bli abonnent .. lese | læs videre med | ~allerede abonnent
for at læse .. artikel*/videre | jatka lukemista | vain tilaajille | tilaajille .. artikkeli | lue koko
tylko dla .. subskrybent*/prenumerator*/zalogowanych | dla prenumeratorów | pozostało .. %
dalsza część .. dostępna/artykułu
aby czytać dalej | czytaj dalej z/po/w | ~masz już prenumeratę | pouze pro předplatitele | pro předplatitele
pre predplatiteľov
pokračovat ve čtení | zbývá .. % článku | csak előfizetőknek | előfizetőink* .. olvas* | a cikk folytat*
только для/по подпис* | доступ* .. только .. подписчик* | доступ* .. по подписке | чтобы читать дальше/полностью
чтобы продолжить чтение | для подписчиков | ~уже подписаны | для передплатників | лише для/за передплат*/підпис*
щоб читати далі | доступн* .. передплатник*/підписник* | щоб продовжити читання
sadece aboneler* | abonelere özel | okumaya devam etmek için | devamını okumak için | yalnızca aboneler*
μόνο για συνδρομητές | για συνδρομητές | για να συνεχίσετε .. ανάγνωση/διαβάζετε | αποκλειστικά για .. συνδρομητές
للمشتركين فقط | لمتابعة القراءة | لقراءة .. كامل* .. اشتر* | هذا المقال .. للمشتركين | ویژه مشترکین/اعضا
برای ادامه مطالعه
למנויים בלבד | להמשך קריאה | כתבה זו .. למנויים | केवल सदस्यों | सब्सक्राइबर्स .. लिए
आगे पढ़ने के लिए .. सब्सक्राइब/लॉग/साइन | प्रीमियम मेंबर
この記事は有料会員 | 有料会員限定 | 会員限定 | 残り .. 文字 | 続きを読むには | この記事は会員
購読者限定
구독자 전용 | 유료 회원 전용 | 유료회원 전용 | 회원 전용 | 구독하고 계속 | 계속 읽으려면 | 이어서 읽으려면
유료 구독자 | 유료 기사
订阅后继续 | 会员专享 | 仅限订阅 | 付费内容 | 订阅后可 | 本文为付费 | 剩余 .. % | 訂戶限定 | 會員限定 | 登录后阅读
继续阅读请 | 阅读全文请
dành cho thành viên/hội/độc | để đọc tiếp .. đăng | đăng nhập để đọc | khusus pelanggan | untuk melanjutkan membaca
berlangganan untuk .. membaca/lanjut | doar pentru abonați | само за абонати | samo za pretplatnike | за абонате
"""

_APART: Final = re.compile(r"\s+")

_TEXTS: Final[dict[Word, str]] = {
    "challenge": _CHALLENGE,
    "error": _ERROR,
    "login": _LOGIN,
    "consent": _CONSENT,
    "search": _SEARCH,
    "wall": _WALL,
}


@lru_cache(maxsize=32)
def _wordings(word: Word, soft: bool) -> Wordings:
    return Wordings(_TEXTS[word], soft=soft)


# A page's lines are asked for phrases of several kinds, one after the other.
@lru_cache(maxsize=512)
def _fold(text: str) -> str:
    return _APART.sub(" ", unquoted(text).replace("’", "'").casefold()).strip()


def fold(text: str, limit: int = 1500) -> str:
    """A text as phrases are compared: one case, single blanks, one form of apostrophe, quotations left out."""
    return _fold(text[:limit])


def said(word: Word, text: str, *, soft: bool = False) -> str:
    """The first phrase of that kind in `text`, empty if there is none; the doubtful ones only if `soft`.

    >>> said("error", "The page you are looking for may have been moved."), said("error", "404 people came")
    ('page you are looking for', '')
    """
    return _wordings(word, soft).first(fold(text)).strip()


def hits(word: Word, text: str) -> int:
    """How many phrases of that kind there are in `text`."""
    return sum(1 for _ in _wordings(word, False).all(fold(text, 4000)))


def is_all(word: Word, heading: str) -> bool:
    """Whether a heading hardly says anything else.

    >>> is_all("error", "Page not found"), is_all("error", "404 people cross the bridge on its first day")
    (True, False)
    """
    text = fold(heading)
    said = sum(map(len, _wordings(word, True).all(text)))
    return said > 0 and len(text) <= 2 * said + 10
