"""The words that listing pages put beside a value, in the languages they are written in, and which field each means.

What belongs here: vocabulary, folded (lower case, no accents). What does not: how a page is searched for it
(visible_text, key_values).
A word maps to a field, to NOISE (an amount or area that is never the property's own), or is not here.
"""

import functools
import re

from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.label_words import MORE_LABELS

NOISE = "noise"

_LABELS: dict[str, str] = {
    "list_price": (
        "price|asking price|list price|listing price|sale price|sales price|selling price|purchase "
        "price|current price|guide price|offers over|offers in excess of"
        "|kaufpreis|preis|angebotspreis|verkaufspreis|kaltmiete|nettokaltmiete|netto kaltmiete|miete "
        "kalt|miete|grundmiete|bruttomiete|mietpreis|monatsmiete|monatliche miete"
        "|kaltmiete zzgl nebenkosten|miete zzgl nk|bruttomiete inkl nk|kaufpreis gesamt"
        "|prix|prix de vente|prix du bien|loyer|loyer mensuel|loyer charges comprises|mise a prix|prix a partir de"
        "|precio|precio de venta|precio venta|precio del inmueble|precio alquiler|renta mensual|preco"
        "|preco de venda|valor de venda|renda|preco de arrendamento|prezzo|prezzo di vendita|canone"
        "|canone mensile"
        "|prijs|vraagprijs|koopprijs|huurprijs|huur|cena|celkova cena|cena celkem|prodejni cena|najemne"
        "|cena za mesic|mesicni najem|cena nemovitosti|kupni cena|cena najmu"
        "|cena calkowita|cena ofertowa|czynsz najmu|kontantpris|pris|salgspris|husleje|prisantydning"
        "|utgangspris|totalpris|月額|賃料|価格|販売価格|rent|monthly rent|rental price|rent per month|minimum bid"
        "|minimum bid price|mindestgebot"
        "|kaltmiete pro monat|miete pro monat|importe|cena za nemovitost|price per month|rent amount|verkehrswert"
    ),
    "living_area": (
        "living area|living space|living space area|floor area|floor size|internal area|interior area"
        "|interior|built up area|built-up area|builtup area|buildup area|covered area|carpet area|size"
        "|property size|house size|apartment size|home size|building size|unit size|gross internal area"
        "|total interior livable area|square feet|sq ft|sqft|total sqft|finished sq ft|living area "
        "dimensions|usable area|habitable surface|livable area|net living area|surface area|internal "
        "size|approx size|square footage"
        "|wohnflache|wohnfl|wohnflache ca|wohnflache in m²|wfl|quadratmeter|wohn- /nutzflache|wohnfl ca"
        "|nutzbare wohnflache|flache|wohn nutzflache|flache ca|qm"
        "|surface habitable|surface|surface habitable carrez|surface carrez|superficie habitable"
        "|surface totale|superficie au sol totale|surface du bien"
        "|superficie|superficie construida|superficie util|metros construidos|m² construidos"
        "|construidos|superficie total|superficie cubierta|area bruta|area util|area bruta privativa"
        "|area privativa|area construida|area|area coberta|superficie interna|superficie commerciale"
        "|metratura|m2 construidos|metros cuadrados"
        "|woonoppervlakte|oppervlakte|gebruiksoppervlakte wonen|bewoonbare oppervlakte|wonen|woonopp|vloeroppervlakte"
        "|uzitna plocha|obytna plocha|plocha bytu|celkova plocha|podlahova plocha|celkova podlahova "
        "plocha|plocha|plocha uzitna|plocha uzitkova|uzitkova plocha|vymera|plocha podlahova|plocha "
        "celkova|obytna plocha bytu"
        "|powierzchnia|powierzchnia uzytkowa|powierzchnia calkowita|powierzchnia mieszkania|boligareal"
        "|bolig areal|boareal|boarea|bruksareal|primaerrom|boligstorrelse|専有面積|建物面積|面積|uzitkova plocha "
        "bytu"
    ),
    "lot_size_area": (
        "lot size|lot|plot size|plot|land area|land size|land|lot area|plot area|erf size|stand size"
        "|lot dimensions|site area|surface of the plot|total lot|lot sqft|lot acres|acreage|lot size "
        "acres|land surface|total land area"
        "|grundstucksflache|grundstuck|grundstucksgrosse|grundstucksflache ca|grundstuckflache"
        "|grundstucksfl|grundstucksfl ca|grdst"
        "|terrain|surface terrain|surface du terrain|surface totale du terrain|superficie terrain"
        "|superficie du terrain|taille "
        "du terrain|parcelle|surface de la parcelle|superficie parcela|parcela|superficie de parcela"
        "|terreno|superficie terreno|superficie del terreno|m² terreno|lote|area do terreno|area de "
        "terreno|area total do lote|superficie del terreno|lotto|superficie de la parcelle|m2 lote"
        "|superficie lote|terreno total|m² lote|superficie de terreno"
        "|perceel|perceeloppervlakte|oppervlakte perceel|grondoppervlakte|plocha parcely|plocha pozemku"
        "|pozemek|vymera pozemku|parcela|plocha parcel|powierzchnia dzialki|dzialka|grund|grundareal"
        "|grundstorrelse|tomteareal|tomtarea|tomt|土地面積|敷地面積"
    ),
    "bedrooms_total": (
        "bedrooms|bedroom|beds|bed|bed rooms|number of bedrooms|no of bedrooms|bhk|bedroom s|bds|bd"
        "|schlafzimmer|anzahl schlafzimmer|schlafraume|chambres|chambre|nombre de chambres|chambre s"
        "|habitaciones|hab|habs|dormitorios|dorm|dorms|recamaras|recamara|alcobas|quartos|quarto"
        "|dormitorio|camere da letto|camera da letto|slaapkamers|slaapkamer|aantal slaapkamers|loznice"
        "|pocet loznic|sypialnie|liczba sypialni|sovevaerelser|soverom|sovrum"
    ),
    "bathrooms_total_integer": (
        "bathrooms|bathroom|baths|bath|ba|full baths|number of bathrooms|no of bathrooms|badezimmer"
        "|anzahl badezimmer|bader|bad|anzahl bader|badezimmer anzahl|salles de bain|salle de bain"
        "|salles de bains|sdb|banos|bano|casas de banho|casa de banho|banheiros|bagni|bagno|badkamers"
        "|badkamer|aantal badkamers|koupelny|pocet koupelen|koupelna|lazienki|liczba lazienek"
        "|badevaerelser|bad wc|washrooms|toilets & bathrooms"
    ),
    "rooms_total": (
        "rooms|number of rooms|total rooms|room count|no of rooms|zimmer|zimmeranzahl|anzahl zimmer|zi"
        "|raume|anzahl raume|zimmer insgesamt|zimmerzahl|pieces|piece|nombre de pieces|nb de pieces"
        "|pieces principales|ambientes|ambiente|locali|vani|numero locali|kamers|aantal kamers|kamer"
        "|pocet pokoju|pokoje|pokoju|dispozice|dispozice bytu|liczba pokoi|pokoi|vaerelser|vaerelse|rum"
        "|antal rum|antal vaerelser|rom|assoluoghi|間取り|anzahl der zimmer|stanze|dispozicia|pocet izieb"
        "|zimmer gesamt"
    ),
    "year_built": (
        "year built|built in|construction year|year of construction|built|year of build|build year"
        "|year constructed|baujahr|bj|baujahr ca|baujahr laut energieausweis|annee de construction"
        "|construit en|ano de construccion|construido en|ano construccion|ano de construcao|construido "
        "em|anno di costruzione|bouwjaar|rok vystavby|rok postaveni|rok kolaudace|rok budowy|byggear"
        "|opfort|byggar|rok dokonceni|byggear|建築年"
    ),
    "property_type": (
        "property type|type of property|type|home type|house type|category|style|property style"
        "|building type|objektart|immobilientyp|haustyp|wohnungstyp|objekttyp|immobilienart|art|hausart"
        "|kategorie|wohnungsart|type de bien|type d habitation|tipo de inmueble|tipo de propiedad|tipo "
        "de imovel|tipologia immobile|tipologia|tipo|soort woning|soort object|type woning|typ "
        "nemovitosti|typ|druh nemovitosti|rodzaj|typ nieruchomosci|rodzaj zabudowy|boligtype"
        "|ejendomstype|boligform|bostadstyp|種別|property sub type|objekt|nutzungsart|typ domu"
    ),
    "unparsed_address": (
        "address|property address|street address|adresse|anschrift|strasse|straße|direccion|morada"
        "|endereco|indirizzo|adres|adresa|lokalizacja|所在地|住所|street|ulice|lage und adresse"
    ),
    "city": (
        "city|town|locality|municipality|ort|stadt|gemeinde|ville|commune|ciudad|poblacion|municipio"
        "|localidad|localidade|concelho|comune|citta|plaats|gemeente|mesto|obec|mesto obec|miasto"
        "|miejscowosc|kommune|city town"
    ),
    "postal_code": (
        "zip|zip code|zipcode|postal code|postcode|post code|plz|postleitzahl|code postal|codigo postal|psc"
        "|kod pocztowy|postnummer|postnr|郵便番号"
    ),
    "state_or_province": (
        "state|province|county|region|kraj|bundesland|kanton|provincia|departement|departamento|wojewodztwo"
        "|regione|estado"
    ),
    "energy_class": (
        "energy class|energieeffizienzklasse|energieklasse|energy rating|epc|epc rating|energy label"
        "|energielabel|dpe|classe energie|classe energetica|certificado energetico|energeticka trida|penb"
        "|energeticka narocnost|energeticka narocnost budovy|ber|current epc"
    ),
    "association_fee": (
        "hoa|hoa fee|hoa fees|hoa dues|association fee|condo fees|condo fee|maintenance fee|hausgeld"
        "|hausgeld mtl|gastos de comunidad|levies|levy|condominio|spese condominiali|charges de copropriete"
        "|vve bijdrage|monthly levy"
    ),
    "tax_annual_amount": "annual tax amount|property taxes|property tax|taxe fonciere|annual tax|ibi|municipal taxes",
    "on_market_date": (
        "date posted|date listed|listed on|listing date|date added|date of listing|online seit"
        "|anzeigendatum|eingestellt am|datum vlozeni|vlozeno|publicado|date de publication|aangeboden sinds"
        "|publication date|added on|datum zverejneni|listed"
    ),
    "list_office_name": (
        "estate agent|listing office|listed by|brokerage|broker office|office|agency|anbieter|makler|agence"
        "|agencia|inmobiliaria|agenzia|makelaar|realitni kancelar|real estate agency|marketed by|listing "
        "agency|listing provided by|kancelar|brokered by|listing courtesy of"
    ),
    "listing_key": (
        "property id|listing id|listing number|ad id|listing ref|id|mls number|mls|mls id|mls #|web id"
        "|online-id|online id|scout-id|objekt-id|immobilien-id|id nemovitosti|evidencni cislo|cislo "
        "inzeratu|anzeigen-id|anzeigennummer|reference annonce"
    ),
    "standard_status": "status|listing status|sale status|property status|availability|verfugbarkeit|stav nabidky",
    NOISE: (
        "deposit|deposit required|security deposit|kaution|kaution oder genossenschaftsanteile"
        "|mietkaution|depot de garantie|fianza|caucao|cauzione|waarborg|borg|kauce|kaucja|jistota"
        "|depositum|敷金|礼金|敷金/礼金|warmmiete|gesamtmiete|gesamtmiete warm|miete warm|nebenkosten"
        "|nebenkosten ca|betriebskosten|heizkosten|nk|zzgl nebenkosten|service charge|service costs"
        "|servicekosten|servicekosten pm|charges|charges mensuelles|provision charges|poplatky"
        "|poplatky za sluzby|czynsz|czynsz administracyjny|管理費"
        "|provision|kauferprovision|maklerprovision|provision fur kaufer|courtage|honoraires|frais d "
        "agence|frais de notaire|notary fees|honoraires a la charge|prix hors honoraires|commission"
        "|agency fee|agency fees|fees|provize|kaufnebenkosten|grunderwerbsteuer|notarkosten"
        "|maklerkosten|gesamtkosten|gesamtpreis|total costs|total cost|cout du projet"
        "|price per m²|price per sqm|price per sq ft|price per square foot|price per area|price/sqft"
        "|price sqft|quadratmeterpreis|preis/m²|preis pro m²|kaufpreis/m²|prix au m²|prix/m²|prix m²"
        "|precio m²|precio por m²|preco m²|preco/m²|prezzo al m²|cena za m²|cena za m2|cena/m²|cena za "
        "metr|cena za 1 m²|m² prijs|avg price|average price|price per floor area|kaufpreis pro m²"
        "|miete/m²|miete pro m²|cena za m3"
        "|monthly payment|est payment|estimated payment|mortgage|monatsrate|monatliche rate"
        "|finanzierungsrate|finanzierung|mensualite|mensualites|cuota|cuota hipotecaria|prestacao|rata"
        "|rata mutuo|splatka|mesicni splatka|hypoteka|rata kredytu|monthly repayment|repayment|bond "
        "repayment|maandlasten|loan amount|down payment|deposit amount|interest|einkommen|hypotek"
        "|predpokladana mesicni splatka|property price"
        "|last sold price|sold price|last sold for|zestimate|rent zestimate|redfin estimate|estimate"
        "|estimated value|tax assessment|assessed value|municipal assessment|land assessment|building "
        "assessment|cadastral income|kadastraal inkomen|revenu cadastral|rateable value|council tax"
        "|school taxes|rates|rates and taxes|special levy|original price|previous price|old price|was"
        "|alter preis|price reduced by|price drop|reduced by|mieteinnahmen|jahresnettomiete|jahresmiete"
        "|mieteinnahmen pro jahr|rental income|gross yield|kabellos|stellplatz|stellplatzmiete"
        "|stellplatzpreis|garage|preis garage stellplatz|parking"
        "|nutzflache|terrace|terrace area|terrasse|balcony|balcony area|balkon|balkonflache"
        "|kellerflache|gartenflache|garden|garden surface|garden area|surface of the garden|jardin"
        "|jardim|terraza|sklep|terasa|lodzie|zahrada|zastavena plocha|plocha zahrady|plocha sklepa"
        "|super area|living room|living room surface|kitchen surface|kitchen|surface cuisine|surface "
        "sejour|gesamtflache|basement|basement area|other interior surfaces|buroflache|lagerflache"
        "|ladenflache|gewerbeflache|verkaufsflache|garage size|commercial area|office surface"
        "|1st floor surface|ground floor surface|attic surface|common area|uncovered area|rentable area"
        "|min size|max size|bestehende flache|pool|cellar|heizung|heating"
    ),
}
_PUNCTUATION = re.compile(r"[^\w²/#+&]+")
_BY_LABEL: dict[str, str] = {
    _PUNCTUATION.sub(" ", fold(word)).strip(): field
    for labels in (MORE_LABELS, _LABELS)
    for field, words in labels.items()
    for word in words.split("|")
}
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_PRICE_IN_LABEL = re.compile(r"[\d.,]+\s?(?:€|eur|kc|chf|£)\s?/\s?(?:m²|m2|qm)")
_LEADING = re.compile(r"^(?:total|approx|ca|the|number of|nb|anzahl|pocet|nombre de|numero de|num|no)\s+")


@functools.lru_cache(maxsize=20_000)
def label_field(text: str) -> str | None:
    """The field that `text`, taken as a whole, is a label of; NOISE for labels of other amounts and areas; None
    else.
    """
    if len(text) > 60:
        return None
    plain = fold(clean(text))
    if "/" in plain:
        plain = _PRICE_IN_LABEL.sub(" ", plain)
    word = _PUNCTUATION.sub(" ", _BRACKETS.sub(" ", plain)).strip()
    found = _BY_LABEL.get(word) or _BY_LABEL.get(word.rstrip("*"))
    if found is None and "/" in word:
        found = _BY_LABEL.get(word.replace("/", " "))
    if found is None and (rest := _LEADING.sub("", word)) != word:
        found = _BY_LABEL.get(rest)
    return found
