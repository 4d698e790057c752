"""Lines of visible text → the office that brokers the offer, where its markup or a word of its name says so.

What belongs here: names of companies. What does not: names of people: a name without a word that only companies bear is
left out, whatever stands beside it.
"""

import functools
import re
from collections.abc import Iterator

from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.lines import Line

_MARK = AnyOf(
    r"agency|agence|agencia|broker|makler|anbieter|advertiser|office|company|publisher|realtor|branch"
    r"|developer|bautraeger|vendor"
    r"|professional|kancelar|inmobiliaria|branding|provider|contact|seller|owner",
    any_case=True,
)
_COMPANY = re.compile(
    r"\b(?:immobilien\w*|real estate|properties|estates?|estate agents?|realty|realtors?|inmobiliari\w+"
    r"|imobiliari\w+|immobilier\w*|immobiliare|makelaars?|makelaardij"
    r"|reality|realitn\w+|nieruchomosci|gmbh|ag|kg|ltd|limited|llp|llc|inc|corp|s\.?r\.?o\.?|a\.s\."
    r"|s\.?l\.?u?|s\.?a\.?r?\.?l?\.?|lda|b\.?v\.?|n\.v\.|pty|plc|e\.?\s?k\.?|ohg"
    r"|re/max|remax|century 21|keller williams|kw|engel & volkers|coldwell banker|sotheby'?s|orpi"
    r"|laforet|era|foxtons|savills|knight frank"
    r"|sparkasse|volksbank|bank|group|gruppe|groupe|grupo|holding|homes|lettings|residential|invest\w*"
    r"|wohnbau\w*|wohnungsbau\w*|massivhaus|bautrager|projektentwicklung|hausverwaltung|company|agency"
    r"|partners?)\b",
    re.I,
)
_NOT_A_NAME = re.compile(
    r"[?!:@€£$]|\b(?:contact|kontakt|call|view|visit|more|about|show|all|from|your|ask|email|anzeigen"
    r"|mehr|alle|ver|voir)\b|^(?:realitn\w+ makl\w+|(?:real )?estate agents?|immobilienmakler(?:in)?"
    r"|agente inmobiliario|agent immobilier|agente immobiliare|realtor|broker)$",
    re.I,
)


def office_facts(lines: list[Line]) -> Iterator[Evidence]:
    """The first short line in a place for brokers whose text or picture is named like a company."""
    for line in lines:
        marks = f"{line.marks} {' '.join([part.marks for part in line.parts if not part.hint])}"
        if not _marks_office(marks):
            continue
        for text in [line.text, *(part.text for part in line.parts)]:
            if 2 < len(text) <= 70 and _COMPANY.search(text) and not _NOT_A_NAME.search(text):
                yield Evidence("list_office_name", text, "text", line.marks[:60], Trust.LOOSE_TEXT + 8)
                return


@functools.lru_cache(maxsize=20_000)
def _marks_office(marks: str) -> bool:
    return "header" not in marks and _MARK.search(marks) is not None
