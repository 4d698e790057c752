"""A page → whether it is a block page, an empty search or a listing that is gone, by what such pages have in common.

What belongs here: signs of these pages. What does not: telling a listing from results (reader), which needs their
content.
"""

import re

from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.domain.text import fold
from realestate_crawler.pages.document import Document, visible
from realestate_crawler.pages.outline import Outline, text_of
from realestate_crawler.pages.page_head import page_title

# Marks that only the defences themselves leave; on a page of content they are part of forms or tracking.
_DEFENCE = (
    "captcha-delivery.com",
    "geo.captcha",
    "datadome",
    "/cdn-cgi/challenge-platform",
    "cf-chl-",
    "cf_chl_opt",
    "challenge-form",
    "challenges.cloudflare.com",
    "hcaptcha.com/",
    "px-captcha",
    "perimeterx",
    "_pxappid",
    "incapsula",
    "_incap_",
    "imperva",
    "distil_r_captcha",
    "distil_identification",
    "geetest",
    "aws-waf-token",
    "awswaf",
    "gokuprops",
    "bm-verify",
    "sec-if-cpt",
    "sec-cpt",
    "kpsdk",
    "recaptcha",
    "arkoselabs",
    "funcaptcha",
    "botdetect",
    "reese84",
    "friendlycaptcha",
    "sucuri_cloudproxy",
    "ddos-guard",
    "__ddg",
    "qrator",
    "/_sec/cp_challenge",
    "captcha.awswaf.com",
    "human-challenge",
    "x-kpsdk",
    "shieldsquare",
    "radware",
    "fastly-challenge",
    "vercel security checkpoint",
    "cf-error-details",
    "mtcaptcha",
    "smartcaptcha",
    "showcaptcha",
    "checkcaptcha",
    "slidercaptcha",
    "nocaptcha",
    "punish-component",
)
_SPOKEN = AnyOf(
    (
        r"just a moment|eres un (?:bot|robot)|sentimos la interrupcion|think you (?:were|are) a (?:bot"
        r"|robot)|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:human"
        r"|robot)|i am not a robot|i.?m not a robot|ich bin kein roboter|kein roboter|not a robot|verify "
        r"(?:that )?you are (?:a )?human|verifying you are human|checking your browser|pardon our "
        r"interruption|unusual (?:traffic|activity)|security check"
        r"|please enable (?:js|javascript|cookies)|enable javascript and cookies to continue|request (?:was "
        r"|has been )?blocked|request unsuccessful|you have been blocked|you.?ve been blocked|bot detected"
        r"|automated (?:access|requests)|too many requests|rate limit|human verification|complete the "
        r"captcha|solve the captcha|press & hold|press and hold"
        r"|je ne suis pas un robot|no soy un robot|eres humano|nao sou um robo|uso indevido|verifica(?:r"
        r"|mos) que (?:no )?eres|sicherheitsuberprufung|sicherheitsprufung|ungewohnlich\w+ (?:aktivitat"
        r"|datenverkehr|zugriff)|zugriff verweigert|access forbidden|403 forbidden|error 1020|error 1015"
        r"|ray id|reference #\d|sie wurden blockiert|vous avez ete bloque|has sido bloqueado|se ha "
        r"detectado un uso|peticiones tuyas|non sono un robot|nejsem robot|nie jestem robotem|ロボット"
        r"|temporarily blocked|sorry, you have been|one more step|checking if the site connection is secure"
        r"|needs to review the security|vercel security checkpoint|confirm (?:that )?you(?:.re| are) (?:a )?human"
        r"|let us know you.re not a robot|slide (?:to|right)|drag the slider|please verify you|prove you.?re human"
        r"|access to this (?:page|site|resource) (?:has been |is )?(?:blocked|denied|forbidden)"
        r"|you don.?t have permission to access"
        r"|incident id|blocked by (?:network|our) security|suspicious activity|browser check|ddos protection"
        r"|un momento|un instant|einen moment|vous n.etes pas un robot|verifiez que vous etes|acces (?:refuse"
        r"|bloque|interdit)"
        r"|acesso (?:negado|bloqueado)|verifique que e humano|acceso (?:denegado|bloqueado)|no eres un robot"
        r"|accesso (?:negato|bloccato)"
        r"|verifica di essere umano|toegang geweigerd|geen robot|jeg er ikke en robot|jag ar inte en robot"
        r"|en ole robotti"
        r"|nem vagyok robot|nu sunt robot|robot degilim|robot olmadiginizi|δεν ειμαι ρομποτ|я не робот"
        r"|подтвердите, что|вы не робот"
        r"|доступ (?:ограничен|запрещен)|я не робот|アクセスが拒否|私はロボット|我不是机器人|人机验证|安全验证"
        r"|我不是機器人|访问被拒绝|로봇이 아닙니다|접근이 차단"
        r"|لست روبوت|אני לא רובוט|ไม่ใช่โปรแกรมอัตโนมัติ|khong phai la robot|bukan robot|jste robot"
        r"|over[te]e?, ze nejste|pristup odepren"
        r"|nie jestes robotem|dostep zablokowany|odmowa dostepu"
    ),
)
_MOST = 8000
# So little text is all that a defence says; so much at most.
_BARE, _SPEECH = 1200, 4000
# Where a defence says nothing, it stands nearly alone.
_WORDLESS = 400
_SHORT = 2000
_GONE = AnyOf(
    r"no longer (?:available|on the market|listed|active|exists|advertised)|(?:listing|property|advert"
    r"|ad|page) (?:you (?:are|were) looking for )?(?:has been|was|is) (?:removed|deleted|deactivated"
    r"|withdrawn|expired|no longer)|property not found|listing not found|this (?:listing|property) "
    r"(?:has )?expired|we can.?t find (?:the|that) (?:page|property)"
    r"|nicht mehr (?:verfugbar|vorhanden|online|aktuell|aktiv)|(?:anzeige|angebot|inserat|objekt|expose"
    r"|immobilie) (?:wurde|ist|existiert) (?:leider )?(?:bereits )?(?:nicht|geloscht|deaktiviert"
    r"|entfernt|beendet|abgelaufen|vermietet|verkauft)|wurde (?:geloscht|deaktiviert)"
    r"|n.est plus (?:disponible|en ligne)|annonce (?:a ete )?(?:supprimee|expiree|desactivee)|ya no "
    r"(?:esta|se encuentra) (?:disponible|publicad\w)|anuncio (?:ha sido )?(?:eliminado|dado de baja"
    r"|desactivado|finalizado)|no esta disponible|ja nao (?:esta|se encontra) (?:disponivel|publicad\w)"
    r"|anuncio (?:foi )?removido|non e piu (?:disponibile|attivo)|annuncio (?:e stato )?(?:rimosso"
    r"|scaduto|eliminato)"
    r"|niet meer (?:beschikbaar|te koop|te huur)|woning is (?:verkocht|verhuurd)|(?:inzerat|nabidka"
    r"|nemovitost) (?:jiz |uz )?(?:neni|byl\w? (?:smazan|odstranen|stazen|ukoncen)|neexistuje)|jiz neni "
    r"(?:v nabidce|aktualni|dostupn\w)|ogloszenie (?:jest )?(?:nieaktualne|wygaslo|zostalo usuniete)"
    r"|nieaktualne|er ikke laengere|ikke lenger (?:tilgjengelig|aktiv)|finns inte langre|掲載が終了|掲載終了"
    r"|(?:property|home|house|listing|apartment|unit) (?:is |has been )?(?:off[- ]market|already (?:sold|rented"
    r"|let)|taken off)"
    r"|has been (?:sold|let|rented|withdrawn)\b|listing (?:is )?(?:inactive|closed|off the market|ended"
    r"|unavailable)|advert has ended"
    r"|is unavailable|currently unavailable|this ad (?:has )?(?:expired|been removed|is no longer)"
    r"|archived (?:listing|ad)"
    r"|bereits (?:vermietet|verkauft|vergeben)|anzeige (?:ist )?(?:inaktiv|offline)|deaktiviert"
    r"|steht nicht mehr zur verfugung"
    r"|a deja ete (?:vendu|loue)|bien (?:deja )?(?:vendu|loue)|cette annonce n.existe plus|annonce introuvable"
    r"|hors ligne"
    r"|ya (?:ha sido|fue) (?:vendid|alquilad)\w|anuncio (?:caducado|expirado|inactivo|no disponible)"
    r"|dejo de estar disponible"
    r"|anuncio (?:expirado|inativo|indisponivel)|imovel (?:indisponivel|vendido|nao encontrado)|ja foi (?:vendido"
    r"|arrendado|alugado)"
    r"|annuncio non (?:piu )?(?:disponibile|presente|attivo|trovato)|immobile (?:venduto|affittato|non piu)"
    r"|is (?:verkocht|verhuurd)\b|niet langer (?:beschikbaar|te koop|te huur|online)|deze (?:woning"
    r"|advertentie) is (?:niet meer|verwijderd)"
    r"|boligen er (?:solgt|udlejet|leid ut)|annonsen (?:er|ar) (?:ikke|inte|avsluttet|borttagen|inaktiv|slettet"
    r"|utgangen)|bostaden ar (?:sald|borttagen)"
    r"|finns inte (?:langre|kvar)|er ikke lengre aktiv|kohde (?:on )?(?:poistettu|myyty|vuokrattu)"
    r"|ilmoitus (?:on )?(?:poistettu|vanhentunut|paattynyt)"
    r"|hirdetes (?:mar )?(?:nem|lejart|torolt\w*|inaktiv)|mar nem (?:elerheto|aktualis)|anunt(?:ul)? (?:nu mai"
    r"|expirat|a fost|inactiv|dezactivat)"
    r"|nu mai este (?:disponibil|activ|valabil)|ilan (?:yayindan|kaldiril|bulunamadi|suresi)|yayinda degil"
    r"|δεν ειναι (?:πλεον )?διαθεσιμ\w+|η αγγελια (?:εχει|δεν)"
    r"|объявление (?:снято|удалено|неактивно|не найдено|устарело|закрыто)|снято с (?:публикации|продажи)"
    r"|оголошення (?:видалено|неактивне|не знайдено)"
    r"|oglas (?:je |vise )?(?:istekao|neaktivan|nije|obrisan|uklonjen|ne obstaja|ni vec)|inzerat (?:bol"
    r"|uz nie je)|ponuka (?:uz )?nie je"
    r"|nabidka byla|byt je jiz|(?:oferta|ogloszenie) (?:jest |zostal[ao] )?(?:nieaktualn\w|archiwaln\w"
    r"|niedostepn\w|zakonczon\w|usuniet\w)"
    r"|掲載期間が終了|掲載は終了|物件は(?:成約|終了|掲載)|成約済|已下架|已售出|已成交|房源已|物件已(?:下架|成交)"
    r"|已出租|此房源|거래\s?완료|삭제된|판매가 종료|종료된 매물|등록이 만료"
    r"|لم يعد (?:متاح|متوفر)|تم (?:البيع|التأجير|حذف)|הנכס נמכר|המודעה (?:הוסרה|לא נמצאה|אינה|פגה)"
    r"|ประกาศนี้(?:ถูกลบ|หมดอายุ)|ขายแล้ว|sudah (?:terjual|tidak tersedia|disewa)"
    r"|iklan (?:tidak|telah)|tin (?:nay )?da (?:het han|bi xoa|ban)|khong con ton tai"
)
_NOT_FOUND = AnyOf(
    r"\b404\b|page not found|not found|seite nicht gefunden|nicht gefunden|page introuvable|introuvable"
    r"|pagina no encontrada|no encontrad[ao]|pagina nao encontrada|pagina non trovata|pagina niet "
    r"gevonden|stranka nenalezena|nenalezen|nie znaleziono|見つかりません|\b410\b|gone\b"
    r"|siden (?:finnes ikke|ble ikke funnet|findes ikke)|sidan (?:finns inte|hittades inte|kunde inte)"
    r"|sivua ei loyd\w+|az oldal nem talalhato|nem talalhato"
    r"|pagina nu (?:exista|a fost gasita)|sayfa bulunamadi|η σελιδα δεν βρεθηκε|страница не найдена"
    r"|сторінку не знайдено|stranica ne postoji"
    r"|stranka sa nenasla|stranka neexistuje|strona nie istnieje|お探しのページ|页面不存在|頁面不存在"
    r"|페이지를 찾을 수|الصفحة غير موجودة|הדף לא נמצא|ไม่พบหน้า"
    r"|halaman tidak ditemukan|khong tim thay trang"
)
_EMPTY = AnyOf(
    r"(?:^|\D)0 (?:results|properties|homes|listings|treffer|ergebnisse|angebote|objekte|annonces"
    r"|resultats|resultados|anuncios|inmuebles|imoveis|risultati|annunci|resultaten|woningen|vysledku"
    r"|nabidek|inzeratu|ofert|ogloszen)\b|no (?:results|properties|listings|homes|matches|matching)(?: "
    r"(?:were |was )?found| match| available| for)?|did not match any|nothing found|couldn.?t find any"
    r"|could not find any"
    r"|keine (?:treffer|ergebnisse|angebote|objekte|immobilien|passenden|inserate|anzeigen|wohnungen)"
    r"|leider (?:keine|nichts)|aucun(?:e)? (?:resultat|annonce|bien)|no (?:hay|se han encontrado|hemos "
    r"encontrado|encontramos) (?:resultados|anuncios|inmuebles|propiedades)|sin resultados|nenhum "
    r"(?:resultado|imovel|anuncio)|nao (?:foram encontrados|encontramos|ha resultados)|nessun "
    r"(?:risultato|annuncio|immobile)"
    r"|geen (?:resultaten|woningen)|zadn[ey] (?:vysledky|nabidky|inzeraty|nemovitosti)|nebyl[ya]? "
    r"nalezen|nenalezli|brak (?:wynikow|ofert|ogloszen)|ingen (?:resultater|boliger|traffar)|該当する物件"
    r"|(?:^|\D)0 (?:annunci|case|immobili|woningen|huizen|boliger|treff|traffar|bostader|kohdetta|talalat"
    r"|anunturi|ilan|αγγελιες|объявлен\w+|oglasa|nehnutelnosti"
    r"|offres|biens|flats|houses|apartments|rentals|matches|homes|objects)\b|we (?:couldn.t|could not"
    r"|didn.t) find|no (?:exact )?(?:matches|results)\b"
    r"|your search (?:returned|produced) (?:no|0)|there are (?:currently )?no (?:properties|listings|homes"
    r"|results)|sorry,? (?:we )?(?:found )?no"
    r"|es wurden keine|leider wurden|nichts gefunden|aucune? (?:offre|logement|resultat)|n.a (?:donne"
    r"|retourne) aucun|pas de resultat"
    r"|no encontramos|no existen (?:resultados|anuncios)|ningun (?:resultado|anuncio|inmueble)|0 viviendas"
    r"|nenhuma (?:casa|oferta|propriedade)|sem resultados"
    r"|nessuna (?:casa|corrispondenza|offerta)|non ci sono (?:annunci|risultati)|geen (?:huizen|aanbod|objecten)"
    r"|niets gevonden"
    r"|ingen (?:annonser|treff|objekt\w*|bostader)|fant ingen|hittade inga|inga (?:traffar|bostader|annonser)"
    r"|ei (?:hakutuloksia|tuloksia|loytynyt)"
    r"|nincs (?:talalat|eredmeny|hirdetes)|nem talaltunk|niciun (?:rezultat|anunt)|nu (?:am gasit"
    r"|exista rezultate|s-au gasit)|sonuc bulunamadi|ilan bulunamadi"
    r"|δεν βρεθηκαν|ничего не (?:найдено|нашлось)|не найдено объявлений|нічого не знайдено|nema (?:rezultata"
    r"|oglasa|nekretnina)|ziadne (?:vysledky|ponuky|nehnutelnosti)"
    r"|nenasli sme|nie znalezlismy|該当する(?:物件|データ)|見つかりませんでした|没有找到|暂无|沒有符合|找不到"
    r"|검색 결과가 없|결과가 없습니다|لا توجد (?:نتائج|عقارات)|לא נמצאו"
    r"|ไม่พบ(?:ผลลัพธ์|ประกาศ|ข้อมูล)|tidak (?:ada|ditemukan) (?:hasil|properti)|khong (?:tim thay|co) (?:ket qua"
    r"|tin)"
)


def blocked_reason(document: Document) -> str | None:
    """Why the page is a block page; None when it is none. A page with a lot to read is never one.

    The defences' own marks need little text beside them; words that people also write need a page with nearly
    nothing else.
    """
    if document.root is None or len(visible(document)) > _MOST:
        return None
    text = fold(visible(document))
    title = fold(page_title(document)[:300])
    said = _SPOKEN.search(title)
    if said is None and len(text) >= _SPEECH:
        return None
    spoken = said or _SPOKEN.search(text)
    if spoken is None and len(text) >= _WORDLESS:
        return None
    source = document.text.lower()
    mark = next((mark for mark in _DEFENCE if mark in source), None)
    if mark and spoken:
        return f"{mark}: {spoken.group(0)[:40]}"
    if mark and len(text) < _WORDLESS and not _says_gone(title, text) and not _has_navigation(document.outline):
        return mark
    if spoken and (len(text) < _BARE or (said and len(text) < 2 * _BARE)):
        return spoken.group(0)[:60]
    return None


def _has_navigation(outline: Outline) -> bool:
    """Whether the page has a menu, or something to type into, as pages of content have."""
    return bool(outline.all("nav")) or any(
        field.get("type") in ("search", "text") and any(parent.tag == "form" for parent in field.iterancestors())
        for field in outline.all("input")
    )


def _says_gone(title: str, text: str) -> bool:
    return bool(_GONE.search(f"{title} {text}") or _NOT_FOUND.search(title))


def refusal(text: str) -> str | None:
    """What a short answer of an API says that refuses robots; None when it refuses nothing."""
    if len(text) > _SHORT:
        return None
    words = fold(text)
    found = _SPOKEN.search(words) or re.search(r"captcha|\bblocked\b|access denied|forbidden", words)
    return found.group(0)[:60] if found else None


def gone_reason(document: Document) -> str | None:
    """Why the page says that its listing is gone; None when it does not say so in its title, headlines or first
    words.
    """
    if document.root is None:
        return None
    title = fold(page_title(document)[:300])
    outline = document.outline
    places = sorted([*outline.by_tag.get("h1", ()), *outline.by_tag.get("h2", ())])[:6]
    heads = fold(" | ".join(" ".join(text_of(outline.elements[place]).split()) for place in places))
    text = fold(visible(document))
    for words in (title, heads, text[:6000] if len(text) < 12_000 else ""):
        found = _GONE.search(words)
        if found:
            return found.group(0)[:80]
    found = _NOT_FOUND.search(title) or _NOT_FOUND.search(heads)
    return found.group(0)[:80] if found else None


def empty_reason(document: Document) -> str | None:
    """Why the page says that its search found nothing; None when it does not say so."""
    if document.root is None:
        return None
    found = _EMPTY.search(fold(visible(document))[:20_000])
    return found.group(0).strip()[:80] if found else None
