"""A page → whether it is a block page, an empty search or a listing that is gone, by what such pages have in common.

What belongs here: signs of these pages. What does not: telling a listing from results (reader), which needs their
content.
"""

import re

from realestate_crawler.domain.text import fold
from realestate_crawler.pages.document import Document, visible
from realestate_crawler.pages.outline import text_of
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
)
_SPOKEN = re.compile(
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
        r"|temporarily blocked|sorry, you have been"
    ),
    re.I,
)
_MOST = 8000
_SHORT = 2000
_GONE = re.compile(
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
)
_NOT_FOUND = re.compile(
    r"\b404\b|page not found|not found|seite nicht gefunden|nicht gefunden|page introuvable|introuvable"
    r"|pagina no encontrada|no encontrad[ao]|pagina nao encontrada|pagina non trovata|pagina niet "
    r"gevonden|stranka nenalezena|nenalezen|nie znaleziono|見つかりません|\b410\b|gone\b"
)
_EMPTY = re.compile(
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
    spoken = _SPOKEN.search(title) or (_SPOKEN.search(text) if len(text) < 4000 else None)
    if not spoken and len(text) >= 400:
        return None
    source = document.text.lower()
    mark = next((mark for mark in _DEFENCE if mark in source), None)
    if mark and spoken:
        return f"{mark}: {spoken.group(0)[:40]}"
    if mark and len(text) < 400 and not document.root.xpath("//form[.//input[@type='search' or @type='text']] | //nav"):
        return mark
    if spoken and len(text) < 2500 and (_SPOKEN.search(title) or len(text) < 1200):
        return spoken.group(0)[:60]
    return None


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
