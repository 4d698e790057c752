"""Words → the closed lists: property type, offer and status, in the languages that listing sites use.

What belongs here: searching a text for such a word. What does not: exact synonyms (`vocabulary`) and where on a page
the text stands (`pages`). Two words that contradict each other give None.
"""

import functools

from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.domain.text import clean, fold
from realestate_crawler.vocabulary import Offer, PropertyType, StandardStatus

_LAND = (
    r"baugrundstuck\w*|grundstuck(?:e|s)?\b|\bland\b|\blots?\b(?! size| dimensions| \d)|\bplots?\b(?! "
    r"size)|vacant land|terrain\b|terreno\w*|parcela|\blote\b"
    r"|pozem\w+|bouwgrond|perceel|dzialk\w+|erf\b|土地|\bsolar\b|\btomt"
    r"|\btonttiy?a?\b|\btelek\b|\bteren\b|\barsa\b|\btarla\b|οικοπεδ\w*|земельн\w*|участ(?:ок|ка)|ділянк\w*"
    r"|zemljist\w*"
    r"|토지|대지|土地|أرض|ארץ|מגרש|ที่ดิน|\btanah\b|\bdat nen\b|\bkrunt\b|\bgrunn\b|\bacreage\b"
)
_PARKING = (
    r"garag(?:e|en|em|es|je)\b|garaz\w*|\bstellpl\w+|tiefgaragenstellpl\w*|parking(?:s| space| spot)?\b"
    r"|estacionamiento|parkplatz|plaza de garaje|parkeerplaats"
    r"|parkovaci\w*|駐車場|carport\b|box auto|posto auto|einzelgarage|einstellhall\w+"
)
_ROOM = (
    r"wg-?zimmer|zimmer in wg|\broom (?:to rent|for rent|in)|flatshare|house ?share|shared room|habitacion "
    r"en|chambre (?:a louer|meublee)|colocation|\bkamer te huur|\bwg\b|\bpokoj k pronajmu|shared_flat"
    r"|\broom\b$|stanza in affitto|quarto para arrendar"
    r"|\bkollektiv\b|\brom til leie|\bvaerelse til leje|\bkiralik oda|комнат[ау] (?:в аренду|посуточно)"
    r"|\bcuarto en|\bpieza en|合租|单间|房间出租"
)
_COMMERCIAL = (
    r"commercial(?! (?:lot|land|plot))"
    r"|gewerbe\w*|\bburo\b|\bbueros?\b|buro(?:s|flache\w*|raum\w*)|\boffices?\b|oficinas?\b"
    r"|\bbureaux?\b|warehouse|\bshops?\b|retail|ladenlokal|ladenflach\w*|lagerhalle|\bhalle\b"
    r"|local comercial|nave industrial|entrepot|kancelar\w*|\bsklad\b|obchodni\w*|komercni\w*|ufficio"
    r"|negozio|kantoor|winkelpand|industrial|gastronomie|gastgewerbe|lokal uzytkowy|hotel\b|事務所|店舗"
    r"|\blokal(?:er)?\b|\bkontor\w*|toimitila\w*|liiketila|\biroda\b|\buzlet(?:helyiseg)?\b|spatiu comercial"
    r"|\bbirou\w*|is ?yeri|\bofis\b|\bdukkan\b"
    r"|επαγγελματικ\w*|γραφειο|офис\w*|коммерческ\w*|комерційн\w*|poslovni prostor|\blokal uzytkowy|사무실|상가"
    r"|办公|商铺|店面|辦公|مكتب|محل|חנות|משרד"
    r"|\bruko\b|\bkantor\b|\bgudang\b|van phong|\bsala comercial|\bgalpao\b|\bconsultorio"
)
_HOUSE = (
    r"\w*hauser\b|(?<!hoch)(?<!kranken)haus\b|\w+haus(?:es)?\b|haushalft\w*|\bdhh\b|\befh\b|\brh\b"
    r"|reihen\w*haus\w*|\bhouses?\b|\bvillas?\b|\bvillen\b|bungalows?|cottages?|detached|terraced?\b"
    r"|townhouses?|town home|single[- _]?family\w*|semi-detached|end of terrace"
    r"|maisons?\b|pavillon\b|\bcasas?\b|chalets?\b|moradias?\b|vivienda unifamiliar|adosado|pareado"
    r"|finca\b|casa rural|quinta\b|palacete|masia\b|villetta|villett\w+|casale|rustico|cascina|\bhuis\b"
    r"|woning\b(?<!appartements)|herenhuis|\bwoonhuis|boerderij"
    r"|rodinn\w+ (?:dum|domy|domu)|\bdum\b|\bdomu\b|\bdomy\b|\bchat[ayu]\b|chalup[ayu]?|\bvil[ay]\b"
    r"|\bdom\b|\bdomow\b|blizniak|\bmobile home|\bfarms?\b|homestead|manufactured|mansion|2 storey"
    r"|bi-generation|storey\b|split level|rekreacni|一戸建|中古住宅|einfamilienhaus|\bhome for sale|residence "
    r"for sale|doppelhaus\w*"
    r"|\brekkehus|\benebolig|\btomannsbolig|\bvilla\w*|\bradhus\w*|\bparhus|\bhus\b|\bomakotitalo|\bparitalo"
    r"|\brivitalo|\bhytte\b|\bfritidsbolig"
    r"|csaladi haz|\bhaz\b|ikerhaz|sorhaz|\bcasa\b|\bvila\b|\bmustakil|\bdubleks ev|\byali\b|μονοκατοικια"
    r"|μεζονετα|βιλα|\bдом\b|\bдома\b|коттедж|таунхаус"
    r"|будинок|\bkuca\b|\bhisa\b|단독|주택|전원주택|别墅|別墅|透天|独栋|一户建|فيلا|منزل|بيت|בית פרטי|וילה|קוטג"
    r"|บ้าน|ทาวน์เฮ้าส์|\brumah\b|\bnha (?:rieng|pho|dat)|\bbiet thu"
    r"|\bsobrado\b|\bvivenda\b|\bgeminada\b|\bhacienda\b|\bgite\b|\blongere\b|\bfermette\b|\bhoeve\b|\bbungalov"
    r"|\bterrace house|\bsemi-d\b|\brow house"
)
_APARTMENT = (
    r"\w*wohnung\w*|\bwhg\b|\betw\b|apartments?\b|apartment\w*|appartements?\b|\bflats?\b|condo\w*"
    r"|penthouse\w*|\bloft\w*|maisonettes?\w*|\bstudio\b|duplex|triplex|\bunit\b|\bco-?op\b"
    r"|\bpisos?\b|departamentos?\b|\batico\b|apartamentos?\b|appartament\w*|bilocale|trilocale"
    r"|quadrilocale|monolocale|attico|mansarda|\bbyt[uy]?\b|mieszkani\w*|kawalerka|\bandar\b"
    r"|lejlighed\w*|leilighet|lagenhet\w*|賃貸マンション|マンション|アパート"
    r"|garsonk\w*|\bbhk\b|builder floor|\bgarsoniera|zi\.?-?whg|\bapto\b|\bdepto\b|apartmentrent|apartmentbuy"
    r"|\bleilighet\w*|\blagenhet\w*|\bbostadsratt|\bkerrostalo|\basunto\b|\byksio\b|\bkaksio\b|\bkolmio\b"
    r"|\blakas\b|\bpanellakas|\bteglalakas|\bgarsonlakas"
    r"|apartament\w*|\bgarsoniera\b|\bdaire\b|\brezidans|διαμερισμα|γκαρσονιερα|квартир\w*|апартамент\w*"
    r"|студи[яюи]\b|\bstanovanje|\bbyt\b"
    r"|아파트|오피스텔|빌라|원룸|투룸|公寓|住宅大樓|电梯大楼|電梯大樓|华厦|شقة|شقق|דירה|דירת|פנטהאוז|คอนโด"
    r"|ห้องชุด|\bapartemen|\bcan ho\b|\bchung cu\b"
    r"|\bkitnet|\bquitinete|\bmonoambiente|\bph\b(?= |$)|\bbovenwoning|\bbenedenwoning|\bportiekflat"
    r"|\bserviced residence|\bservice residence"
)
_PATTERNS = tuple(
    (AnyOf(pattern), kind)
    for pattern, kind in (
        (_ROOM, PropertyType.ROOM),
        (_APARTMENT, PropertyType.APARTMENT),
        (_HOUSE, PropertyType.HOUSE),
        (_COMMERCIAL, PropertyType.COMMERCIAL),
        (_LAND, PropertyType.LAND),
        (_PARKING, PropertyType.PARKING),
    )
)
_RENT = AnyOf(
    r"(?:apartment|house|flat|office|site|land|garage|property|residential)[-_ ]?rent\b|\bto[ -_]rent\b"
    r"|\bfor[ -_]rent\b|\brent(?:al|als|ing|ed)?\b|\bto let\b|\blet agreed\b|\blettings?\b|zu vermieten"
    r"|vermietung|\bmieten?\b|\bmiete\b|kaltmiete|warmmiete|mietwohnung\w*|mietobjekt\w*|miet-|zur miete"
    r"|a louer|\blouer\b|\blocations\b|location\b(?= d| vide| meubl|/|-|$)|loyer|en alquiler|alquilar|alquiler"
    r"|\brenta\b|para arrendar|arrendar|arrendamento|alug\w+|in affitto|affitto|te huur|huren|huurprijs"
    r"|\bhuur\b"
    r"|k pronajmu|pronajem|pronajmu|na wynajem|wynajem|do wynajecia|til leie|udlejning|lejebolig|uthyres"
    r"|\bhyra\b|賃貸|chintai|prenajom|\bpcm\b|for lease|lettings|bail\b"
    r"|\buthyr\w*|\bvuokra\w*|\bkiado\b|\balberlet\w*|de inchiriat|inchirier\w*|\bkiralik\b|ενοικια\w*|аренд\w*"
    r"|\bсниму\b|сдается|сдам\b|оренд\w*|под наем"
    r"|\biznajmljuj\w*|\bnajam\b|izdavanj\w*|\boddaja\b|na prenajom|\bpronajmu\b|임대|전세|월세|出租|租屋|租房"
    r"|للإيجار|ايجار|להשכרה|ให้เช่า|\bdisewakan\b|\bsewa\b|cho thue"
    r"|\bto-let\b|\btolet\b|\barriendo\b|\barrendar\b|\bpara alugar|\baluguel\b|te-huur|a-louer|zu-vermieten"
    r"|\bpcm\b|\bleie\b|\butleie\b|\btil leje\b"
)
_SALE = AnyOf(
    r"(?:apartment|house|flat|office|site|land|garage|property|residential)[-_ ]?(?:buy|sale)\b|for[ "
    r"-_]sale\b|\bsales?\b|\bbuy(?:ing)?\b|zu verkaufen|verkauf\w*|\bkaufen?\b|\bkauf\b|zum kauf"
    r"|kaufpreis|eigentumswohnung\w*|\betw\b|a vendre|\bventes?\b|achat\b|acheter|en venta|\bventa\b"
    r"|comprar|compra\b|a venda|vende[nr]?\b|\bvenda\b"
    r"|in vendita|vendita|acquisto|te koop|\bkoop\b|koopwoning|na prodej|prodej\w*|na sprzedaz|sprzedaz"
    r"|til salg|\bsalg\b|till salu|売買|中古|新築分譲|na predaj|predaj\b|prodam\b|purchase|\bplp/buy\b|kopen\b"
    r"|resale"
    r"|\btil salgs?\b|\bprisantydning\b|\btill salu\b|\bmyydaan\b|\bmyynti\b|\belado\b|de vanzare|vanzare\b"
    r"|\bsatilik\b|πωλειται|πωληση\w*|продаж\w*|продается|прода[мю]\b"
    r"|продава|\bprodaja\b|na predaj|\bpredaja\b|\bpredam\b|\bprodaje se\b|매매|분양|出售|售屋|买房|二手房"
    r"|للبيع|למכירה|ขาย(?!ดี)|\bdijual\b|\bcan ban\b|\bban can ho\b|\bban dat\b|\bban nha\b|\bnha ban\b"
    r"|te-koop|a-vendre|zu-verkaufen|en-venta|\bprivate treaty\b|\bfreehold\b|\bkosten koper\b|\bvrij op naam\b"
    r"|\bkontantpris\b|\bvender\b|\bvendo\b"
)
_AUCTION = AnyOf(
    r"zwangsversteigerung\w*|versteigerung|ventes? judiciaires?|\bauction\w*|encheres|\bsubasta\w*"
    r"|drazb\w*|licytacj\w*|asta "
    r"giudiziaria|\baste\b|leilao|mise a prix|adjudication|compulsory_auction|競売"
    r"|\btvangsauksjon|\btvangsauktion|\bhuutokaup\w*|\barveres\w*|\blicitati\w*|\bmezat\b|\bihale\b"
    r"|πλειστηριασμ\w*|аукцион|аукціон|경매|法拍|拍卖|مزاد|כונס נכסים|\blelang\b|dau gia"
)
_STATUS = tuple(
    (AnyOf(pattern), status)
    for pattern, status in (
        (
            (
                r"\bsold subject|sold stc|\bsstc\b|under offer|sale agreed|\bunder contract\b|contingent"
                r"|\bpending\b|reserviert|\breserved\b|reservad[oa]|sous compromis|sous offre|optie|onder "
                r"bod|rezerv\w+|zarezerwowan\w+|in trattativa|under option|verkauft unter vorbehalt"
            ),
            StandardStatus.PENDING,
        ),
        (
            (
                r"\blet agreed\b|\bsold\b|verkauft\b|\bvendu\b|\bvendid[oa]\b|\bvenduto\b|verkocht|prodan\w*"
                r"|sprzedan\w*|\brented\b|\bvermietet\b|alquilad[oa]|\bloue\b|verhuurd|pronajato|\bclosed\b"
                r"|gia venduto|\bsolgt\b|\bsald\b"
            ),
            StandardStatus.CLOSED,
        ),
        (r"coming soon", StandardStatus.COMING_SOON),
        (r"withdrawn|zuruckgezogen|vente non requise|\bretirad[oa]\b", StandardStatus.WITHDRAWN),
        (
            r"\bfor[ _]sale\b|\bactive\b|\bavailable\b|\bverfugbar\b|\bfor[ _]rent\b|disponible|instock",
            StandardStatus.ACTIVE,
        ),
    )
)


@functools.lru_cache(maxsize=20_000)
def property_type(text: str) -> PropertyType | None:
    """The kind of property that `text` names: the first that stands in it; None when it names none.

    Shared rooms count before the flats they are in, and "apartment" before the "house" it may be part of.
    """
    words = fold(clean(text)).replace("_", " ")
    best: tuple[int, PropertyType] | None = None
    for pattern, kind in _PATTERNS:
        found = pattern.search(words)
        if found and kind is PropertyType.ROOM:
            return kind
        if found and (best is None or found.start() < best[0]):
            best = (found.start(), kind)
    return best[1] if best else None


@functools.lru_cache(maxsize=20_000)
def offer_in(text: str) -> Offer | None:
    """Whether `text` speaks of sale, rent or auction; None when it speaks of none, or of sale and rent alike."""
    words = fold(clean(text)).replace("_", " ")
    if _AUCTION.search(words):
        return Offer.AUCTION
    rent, sale = bool(_RENT.search(words)), bool(_SALE.search(words))
    if rent == sale:
        return None
    return Offer.RENT if rent else Offer.SALE


@functools.lru_cache(maxsize=20_000)
def status_in(text: str) -> StandardStatus | None:
    """The state of the offer that `text` names; None when it names none."""
    words = fold(clean(text))
    for pattern, status in _STATUS:
        if pattern.search(words):
            return status
    return None
