"""Words beside digits: those after which a phone number comes, and those after which anything else does.

What belongs here: words of many languages, as expressions that end right before a number. What does not: the shapes of
numbers (`phones`).
"""

import re


def _one_of(words: str) -> str:
    """Expressions with blanks between; a dot stands for a blank inside one."""
    return "|".join(words.split())


_CUES = _one_of(
    r"""
    tele?fone?s? tele?foon t[eé]l[eé]phone tele[fp][oó]n[aeiouy]? telefonn?[ií] tel t[eé]l tlf tlm phone ph(?=[.:]) fax
    mobil\w* mob(?=[.:]) cell(?:ular\w*|phone)? cel(?=[.:]) celular m[oó]vil(?:es)? telem[oó]vel portable handy gsm
    puhelin puh hotline whats.?app wa(?=[.:]) viber telegram signal sms imessage calls? ring dial text.me
    contact.(?:no|number)s? contact.\w+.on llam\w+ appel\w* chiam\w+ lig(?:ue|ar|ou) anruf\w* rufen r[uü]ckruf
    bel(?:len)?.(?:naar|ons) zavola\w+ vol(?:at|ejte|ajte) dzwo[nń]\w* kom[oó]rk\w+ h[ií]v\w+ zovite hp(?=[.:]) sdt
    [đd]t(?=[.:]) kontaktnummer rufnummer \w*telefonnummer \w*phone.?number тел телефон\w* моб\w* звон\w+ τηλ\w* κιν\w*
    """
)
_CUE_SIGNS = _one_of(
    "[☎☏✆📞📱📲] 电话 電話 手机 手機 携帯 전화 휴대폰 연락처 هاتف جوال موبايل اتصل טלפון נייד โทร फ़ोन फोन"
)
# At most three words may stand between: "call Ana today on 0911 …".
CUE = re.compile(
    rf"(?:\b(?:{_CUES})\b|{_CUE_SIGNS})[^\w+(]*(?:[^\W\d]+[^\w+(]{{1,3}}){{0,3}}$",
    re.IGNORECASE,
)

_OTHERS = _one_of(
    r"""
    ids? uid uuid guid key ref refer[eê]nc\w+ reference r[eé]f[eé]rence r[eé]f mls listing anuncio annonce anzeige
    inzer[aá]t\w* objekt\w* object property expos[eé]\w* immo-?nr kennung code c[oó]d(?:igo)? k[oó]d kodas n nr no
    num(?:ber|mer|ero|éro)? n[uú]mero číslo parcel\w* parcela parzelle apn pin lot folio cadast\w+ catast\w+ kata[st]\w+
    grundbuch\w* lv title tct deed licen[cs]\w* lic dre rera orn brn permit trakheesi reg(?:istration|istro|ist\w*)?
    vat ust\w* tva nip ni[fp] cif di[cč] i[cč]o? regon krs siren siret rcs rsac hrb hra kvk bce kbo ipi iban bic konto
    account isbn ean gtin sku tax steuer\w* certificate certifica\w+ \w*ausweis\w* epc dpe uprn
    zip plz psč cep postal.?code gps lat(?:itude)? lo?ng?(?:itude)? area surface superficie fläche plocha room zimmer
    prices? prezzo precio pre[cç]o prix preis cena ceny hinta pris ár fiyat kaufpreis miete rent loyer alquiler nájem
    renta fee hoa year baujahr version build image photo picture file img timestamp time date epoch
    """
)
NO_CUE = re.compile(rf"(?:\b(?:{_OTHERS})\b|[#№§º°])[^\w+(]*$", re.IGNORECASE)

_SIGNS = "€$£¥₱₹₽₺₴₩₫฿円万元"
_MONEY = _one_of(
    """
    eur euros? usd gbp chf czk kč kc pln zł zl sek dkk nok kr huf ft ron lei bgn php inr rs aed zar mxn ars brl jpy idr
    rp myr rm thb vnd try tl sar qar ils aud nzd cad sgd hkd cny rmb krw rub uah
    """
)
_UNITS = _one_of("m² m2 m³ qm sqm sq ft² ft2 sqft ha ares? acres? km kwh kw cm mm m million mio mil crore lakh cr")
BEFORE_AMOUNT = re.compile(rf"(?:(?<!\w)(?:{_MONEY}|r)|[{_SIGNS}])[.:]? ?$", re.IGNORECASE)
AFTER_AMOUNT = re.compile(
    rf"[ \u00a0\u202f]?(?:,-|,–|[{_SIGNS}%‰°]|(?:{_MONEY}|{_UNITS})(?!\w))",
    re.IGNORECASE,
)
# Between two numbers of which the first is a phone number.
AND = re.compile(
    r"[ \u00a0]*(?:[,;/|]|[-–]|or|and|und|oder|ou|et|o|y|e|a|i|og|och|lub)?[ \u00a0]*(?:[a-z]{1,6}[.:] ?)?",
    re.IGNORECASE,
)
