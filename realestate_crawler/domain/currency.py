"""Currency signs, codes and which currency a country uses.

What belongs here: which sign means which ISO 4217 code, alone or with a country. What does not: reading amounts
(money).
"""

import functools
import re

# Only signs that mean one currency; the others need the source's country.
_SIGNS = {
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "chf": "CHF",
    "fr.": "CHF",
    "sfr": "CHF",
    "us$": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "r$": "BRL",
    "mx$": "MXN",
    "mn": "MXN",
    "kč": "CZK",
    "kc": "CZK",
    "zł": "PLN",
    "zl": "PLN",
    "₱": "PHP",
    "₹": "INR",
    "円": "JPY",
    "₺": "TRY",
    "tl": "TRY",
    "₩": "KRW",
    "฿": "THB",
    "₫": "VND",
    "₪": "ILS",
    "₴": "UAH",
    "ft": "HUF",
    "lei": "RON",
    "dh": "AED",
    "dhs": "AED",
    "лв": "BGN",
    "₽": "RUB",
    "руб": "RUB",
    "грн": "UAH",
    "₸": "KZT",
    "rp": "IDR",
    "rm": "MYR",
    "đ": "VND",
    "nt$": "TWD",
    "원": "KRW",
    "บาท": "THB",
    "درهم": "AED",
}
# Signs that several countries use; the first is what the sign means where the country says nothing against it.
_SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "MXN", "ARS", "CLP", "COP", "UYU", "HKD", "SGD"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "¥": ("JPY", "CNY"),
    "元": ("CNY", "TWD", "HKD"),
    "r": ("ZAR",),
    "p": ("PHP",),
}
# Signs that further currencies are written with, where the source says that it means one of them.
_DOLLARS = "TWD BRL BBD BMD BND BSD BZD CUP CVE DOP FJD GYD JMD KYD LRD MOP NAD NIO SBD SRD TOP TTD XCD"
_POUNDS = "EGP FKP GIP LBP SDG SHP SSP SYP"
_FRANCS = "XAF XOF XPF DJF GNF KMF RWF BIF"
_FURTHER = {
    "$": _DOLLARS.split(),
    "c$": ["NIO"],
    "£": _POUNDS.split(),
    "fr": _FRANCS.split(),
    "rs": ["SCR"],
    "¥": ["TWD", "HKD"],
    "₩": ["KPW"],
    "원": ["KPW"],
    "₱": ["CUP"],
    "руб": ["BYN"],
    "lei": ["MDL"],
    "dh": ["MAD"],
    "dhs": ["MAD"],
    "درهم": ["MAD"],
    "лв": ["KGS"],
}
_EURO = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK AD MC SM VA ME XK"
_OF_COUNTRY = dict.fromkeys(_EURO.split(), "EUR") | {
    "GB": "GBP",
    "CH": "CHF",
    "LI": "CHF",
    "CZ": "CZK",
    "PL": "PLN",
    "SE": "SEK",
    "NO": "NOK",
    "DK": "DKK",
    "IS": "ISK",
    "HU": "HUF",
    "RO": "RON",
    "BG": "BGN",
    "TR": "TRY",
    "UA": "UAH",
    "RS": "RSD",
    "US": "USD",
    "CA": "CAD",
    "MX": "MXN",
    "BR": "BRL",
    "AR": "ARS",
    "CL": "CLP",
    "CO": "COP",
    "PE": "PEN",
    "UY": "UYU",
    "AU": "AUD",
    "NZ": "NZD",
    "JP": "JPY",
    "KR": "KRW",
    "CN": "CNY",
    "HK": "HKD",
    "TW": "TWD",
    "SG": "SGD",
    "MY": "MYR",
    "TH": "THB",
    "VN": "VND",
    "ID": "IDR",
    "PH": "PHP",
    "IN": "INR",
    "PK": "PKR",
    "LK": "LKR",
    "BD": "BDT",
    "AE": "AED",
    "SA": "SAR",
    "QA": "QAR",
    "KW": "KWD",
    "BH": "BHD",
    "OM": "OMR",
    "EG": "EGP",
    "MA": "MAD",
    "ZA": "ZAR",
    "NG": "NGN",
    "KE": "KES",
    "GH": "GHS",
    "IL": "ILS",
    "RU": "RUB",
    "KZ": "KZT",
}
CODES = frozenset(_OF_COUNTRY.values()) | {"USD", "EUR"}
# As it may stand beside a number. Letters that are also words count only in the spelling that prices use.
SYMBOL_PATTERN = (
    r"(?:(?:US|CA|C|AU|A|NZ|HK|NT|S|MX|R)\$|[€£$₹₱¥円元₺₩฿₫₪₴₽₸]|원|บาท|درهم|(?<![^\W\d_])(?:"
    + "|".join(sorted(CODES))
    + r"|euros?|Kč|zł|kr\.?|sfr|Fr\.|Rs\.?|Dhs?|MN|TL|lei|руб\.?|грн|лв\.?|đ|(?-i:Ft)|(?-i:R)(?=\s?\d)|(?-i:P)(?=\s?\d)"
    r"|(?-i:Rp|RM)(?=\.?\s?\d))(?![^\W\d_]))"
)
_WORD = re.compile(r"[^\w$€£₹₱¥円元₺₩฿₫₪₴₽₸.]")


def currency_code(text: str) -> str | None:
    """ISO 4217 code of a code or an unambiguous sign; None when it is neither ("$", "kr")."""
    word = _WORD.sub("", text.strip()).casefold()
    if word.upper() in CODES:
        return word.upper()
    found = _SIGNS.get(word) or _SIGNS.get(word.rstrip("."))
    if found:
        return found
    shared = _SHARED.get(word.rstrip("."))
    if shared and len(shared) == 1:
        return shared[0]
    return word.upper() if re.fullmatch(r"[a-z]{3}", word) and _known(word.upper()) else None


def local_currency(sign: str, country: str | None) -> str | None:
    """The currency that `sign` means in `country` (ISO 3166 alpha-2); None when the two do not settle it."""
    code = currency_code(sign)
    if code:
        return code
    shared = _SHARED.get(sign.strip().casefold().rstrip("."), ())
    own = currency_of_country(country)
    return own if own in shared else None


def may_mean(sign: str, code: str) -> bool:
    """Whether amounts in a currency may be written with a sign or code: `$` for CAD, `kr` for DKK, `USD` for USD."""
    word = sign.strip().casefold().rstrip(".")
    return code in (currency_code(sign), *_SHARED.get(word, ()), *_FURTHER.get(word, ()))


def currency_of_country(country: str | None) -> str | None:
    """The currency in use in a country (ISO 3166 alpha-2); None where it is not known here."""
    return _OF_COUNTRY.get((country or "").upper())


@functools.cache
def _known(code: str) -> bool:
    import pycountry  # noqa: PLC0415  (slow to load, and rarely needed)

    return pycountry.currencies.get(alpha_3=code) is not None
