"""Defences against robots are recognised by what they have in common; a page of content that uses one in a form
is none.
"""

import pytest

from realestate_crawler.pages.page import Verdict
from realestate_crawler.pages.reader import read_page

URL = "https://homes.example.com/listing/1234567"

BLOCKS = {
    "press and hold": (
        "<title>Access to this page has been denied</title><div id=px-captcha></div><p>Press & Hold to "
        "confirm you are a human</p>"
    ),
    "access denied": (
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access this "
        "page. Reference #18.c4d"
    ),
    "interruption": (
        "<title>Pardon Our Interruption</title><p>Something about your browser made us think you were a bot.</p>"
    ),
    "bare frame": '<iframe src="/_Incapsula_Resource?CWUDNSAI=31"></iframe>',
    "firewall": (
        "<script>window.awsWafCookieDomainList = [];</script><noscript>verify that you're not a robot</noscript>"
    ),
    "challenge script": '<script>window.KPSDK={};</script><script src="/149e9513/ips.js"></script>',
    "sorry": "<title>Attention Required!</title><h1>Sorry, you have been blocked</h1>",
    "german": "<title>Ich bin kein Roboter</title><h2>Ich bin kein Roboter</h2><p>Bitte lösen Sie das Captcha.</p>",
    "spanish": "<title>SENTIMOS LA INTERRUPCIÓN</title><p>Algo en tu navegador nos hizo pensar que eres un bot.</p>",
    "czech": "<title>Ověření</title><h1>Nejsem robot</h1>",
    "traffic": (
        '<form><div class="g-recaptcha"></div><p>Our systems have detected unusual traffic from your '
        "network.</p></form>"
    ),
    "too many": "<title>429 Too Many Requests</title><h1>429 Too Many Requests</h1>",
    "script wanted": (
        "<p>Please enable JS and disable any ad blocker</p><script>var dd={'host':'geo.captcha-delivery.com'}</script>"
    ),
    "api": '{"error": "captcha required"}',
    "cloudflare": (
        "<title>Just a moment...</title><div id=challenge-error-text>Enable JavaScript and cookies to continue</div>"
        "<script>window._cf_chl_opt={cvId:'3'}</script>"
        "<script src='/cdn-cgi/challenge-platform/h/b/orchestrate'></script>"
    ),
    "cloudflare 1020": (
        "<title>Access denied | homes.example.com used Cloudflare to restrict access</title><h1>Error 1020</h1>"
        "<p>Ray ID: 8a1b2c3d4e5f</p>"
    ),
    "datadome": (
        "<title>homes.example.com</title><p id=cmsg>Please enable JS and disable any ad blocker</p>"
        "<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>"
    ),
    "akamai": (
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access this on this server."
        "<p>Reference #18.5e7a1602.1700000000.1a2b3c</p>"
    ),
    "akamai challenge": "<script src='/_sec/cp_challenge/verify'></script><div id=sec-if-cpt-container></div>",
    "human": (
        "<title>Access to this page has been denied</title><div id=px-captcha></div>"
        "<script>window._pxAppId='PX1'</script>"
    ),
    "imperva": (
        '<iframe src="/_Incapsula_Resource?SWUDNSAI=31">Request unsuccessful. Incapsula incident ID: 1-2</iframe>'
    ),
    "kasada": "<script>window.KPSDK={now:1}</script><script src='/ips.js?x-kpsdk-v=1'></script>",
    "aws waf": (
        "<script src='https://x.token.awswaf.com/challenge.js'></script><div id=captcha-container></div>"
        "<p>Let's confirm you are human</p>"
    ),
    "turnstile": (
        "<title>One more step</title><h1>Please verify you are a human</h1>"
        "<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>"
    ),
    "hcaptcha": (
        "<title>Security check</title><script src='https://hcaptcha.com/1/api.js'></script><div class=h-captcha></div>"
    ),
    "recaptcha": "<title>Are you a robot?</title><div class=g-recaptcha data-sitekey=x></div>",
    "geetest": "<title>验证</title><p>安全验证</p><script src='https://static.geetest.com/gt.js'></script>",
    "checkpoint": "<title>Vercel Security Checkpoint</title><p>We're verifying your browser</p>",
    "french": "<title>Accès refusé</title><h1>Vérifiez que vous êtes humain</h1>",
    "portuguese": "<title>Acesso negado</title><p>Não sou um robô</p>",
    "italian": "<title>Accesso negato</title><p>Non sono un robot</p>",
    "polish": "<title>Weryfikacja</title><p>Potwierdź, że nie jesteś robotem</p>",
    "russian": "<title>Вы не робот?</title><p>Подтвердите, что запросы отправляли вы</p>",
    "turkish": "<title>Güvenlik</title><h1>Robot olmadığınızı doğrulayın</h1>",
    "japanese": "<title>アクセスが拒否されました</title><p>アクセスが拒否されました</p>",
}


@pytest.mark.parametrize("body", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_page_is_recognised_and_yields_nothing(body: str) -> None:
    text = body if body.startswith("{") else f"<html><body>{body}</body></html>"
    page = read_page(text.encode(), URL)
    assert page.verdict is Verdict.BLOCKED
    assert page.listings == []
    assert page.reason


def test_a_listing_with_a_protected_contact_form_is_a_listing() -> None:
    body = """<html lang="en"><head><title>3 bed house for sale in Otley</title>
    <script src="https://www.google.com/recaptcha/api.js"></script></head><body><nav><a href="/">Home</a></nav>
    <h1>3 bed house for sale</h1><p class="price">£325,000</p><p>1,120 sq ft</p><p>Mill Lane, Otley LS21 3AB</p>
    <form><input type="text" name="email"><div class="g-recaptcha"></div></form></body></html>"""
    page = read_page(body.encode(), URL)
    assert page.verdict is Verdict.LISTING
    assert page.listings[0].list_price == 325_000


def test_a_page_that_is_gone_is_not_a_block_page() -> None:
    body = (
        "<html><head><title>Page not found</title></head><body><p>Sorry, this property is no longer "
        "available</p></body></html>"
    )
    assert read_page(body.encode(), URL).verdict is Verdict.GONE


GONE = {
    "en": "This property is no longer on the market",
    "en sold": "This property has been sold",
    "de": "Diese Anzeige ist leider nicht mehr verfügbar",
    "de rented": "Die Wohnung ist bereits vermietet",
    "fr": "Cette annonce n'est plus disponible",
    "es": "Este anuncio ya no está disponible",
    "pt": "Este anúncio já não está disponível",
    "it": "L'annuncio non è più disponibile",
    "nl": "Deze woning is verkocht",
    "pl": "To ogłoszenie jest nieaktualne",
    "cs": "Inzerát již není aktuální",
    "sk": "Inzerát bol odstránený",
    "sv": "Annonsen är borttagen",
    "da": "Boligen er solgt",
    "no": "Annonsen er avsluttet",
    "fi": "Ilmoitus on poistettu",
    "hu": "A hirdetés már nem elérhető",
    "ro": "Anunțul nu mai este disponibil",
    "tr": "Bu ilan yayından kaldırılmıştır",
    "el": "Η αγγελία δεν είναι πλέον διαθέσιμη",
    "ru": "Объявление снято с публикации",
    "ja": "この物件の掲載は終了しました",
    "zh": "该房源已下架",
    "ko": "거래완료된 매물입니다",
    "ar": "هذا العقار لم يعد متاحا",
    "he": "המודעה הוסרה",
    "th": "ประกาศนี้ถูกลบแล้ว",
    "id": "Properti ini sudah terjual",
    "vi": "Tin này đã hết hạn",
}
EMPTY = {
    "en": "We couldn't find any homes that match your search",
    "de": "Leider keine Treffer für Ihre Suche",
    "fr": "Aucun résultat pour votre recherche",
    "es": "No hemos encontrado resultados",
    "pt": "Nenhum imóvel encontrado",
    "it": "Nessun annuncio trovato",
    "nl": "Geen woningen gevonden",
    "pl": "Brak ogłoszeń spełniających kryteria",
    "cs": "Nebyly nalezeny žádné výsledky",
    "sk": "Žiadne výsledky",
    "sv": "Inga träffar på din sökning",
    "da": "Ingen boliger fundet",
    "no": "Vi fant ingen annonser",
    "fi": "Ei hakutuloksia",
    "hu": "Nincs találat",
    "ro": "Nu am găsit niciun anunț",
    "tr": "Sonuç bulunamadı",
    "el": "Δεν βρέθηκαν αποτελέσματα",
    "ru": "Ничего не найдено",
    "ja": "該当する物件はありません",
    "zh": "没有找到符合条件的房源",
    "ko": "검색 결과가 없습니다",
    "ar": "لا توجد نتائج",
    "he": "לא נמצאו תוצאות",
    "th": "ไม่พบผลลัพธ์",
    "id": "Tidak ada hasil",
    "vi": "Không tìm thấy kết quả",
}


@pytest.mark.parametrize("words", GONE.values(), ids=GONE.keys())
def test_a_listing_that_is_gone_is_told_in_many_languages(words: str) -> None:
    body = f"<html><head><title>Homes</title></head><body><nav><a href=/>Home</a></nav><h1>{words}</h1></body></html>"
    page = read_page(body.encode(), URL)
    assert page.verdict is Verdict.GONE
    assert page.listings == []


@pytest.mark.parametrize("words", EMPTY.values(), ids=EMPTY.keys())
def test_an_empty_search_is_told_in_many_languages(words: str) -> None:
    body = f"<html><head><title>Homes</title></head><body><nav><a href=/>Home</a></nav><p>{words}</p></body></html>"
    page = read_page(body.encode(), "https://homes.example.com/search?city=x")
    assert page.verdict is Verdict.EMPTY
    assert page.reported_total == 0


def test_a_page_that_is_gone_behind_a_defence_is_gone() -> None:
    body = (
        "<html><head><title>Page not found</title><script src='https://js.datadome.co/tags.js'></script></head>"
        "<body><p>This property is no longer available.</p></body></html>"
    )
    assert read_page(body.encode(), URL).verdict is Verdict.GONE


def test_a_consent_wall_is_neither_a_listing_nor_an_empty_market() -> None:
    body = (
        "<html lang=en><head><title>Before you continue</title></head><body><h1>We value your privacy</h1>"
        "<p>We and our 812 partners store and access information on a device. 3 purposes, 2 features.</p>"
        "<button>Accept all</button></body></html>"
    )
    page = read_page(body.encode(), URL)
    assert page.verdict is Verdict.OTHER
