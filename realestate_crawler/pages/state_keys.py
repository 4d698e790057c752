"""The key names that sites' own data use, and which field each means.

What belongs here: vocabulary (keys in lower case, letters and digits only). What does not: walking the data
(state_facts).
"""

import functools
import re

_KEYS: dict[str, str] = {
    "list_price": (
        "price listprice askingprice displayprice priceamount pricevalue purchaseprice buyprice "
        "buyingprice saleprice salesprice sellingprice kaufpreis kaltmiete baserent coldrent netrent"
        " rentalprice rentprice rent monthlyrent rentalamount pricedisplay mainprice primaryprice "
        "currentprice unformattedprice rawprice priceraw pricenumber priceinfo precio preco prix loyer "
        "prezzo cena priceczk"
        " pricesummaryczk listingprice advertprice grossprice propertyprice offerprice hardprice "
        "rentcold rentnet miete preis pricecold startingprice pricefrom minprice pricemin lowprice "
        "prijs vraagprijs huurprijs pricesummary valor adprice priceunformatted pricetext "
        "formattedprice priceformatted"
        " guideprice pricelabel pricecurrent canonicalprice monthlyrentalprice basicrent rentbase"
    ),
    "currency": (
        "currency pricecurrency currencycode pricecurrencycode moneda currencyiso isocurrency currencyid currencysymbol"
    ),
    "price_period": (
        "priceperiod rentperiod priceunit rentfrequency frequency paymentfrequency pricefrequency "
        "rentalperiod priceinterval period"
    ),
    "living_area": (
        "livingarea livingspace surfaceliving spaceliving livingsurface floorsize floorarea internalarea interiorarea "
        "builtuparea builtarea constructedarea usablearea area areasqm areasize surfacearea "
        "squaremeters squaremeter squaremetres squaremeterage sqm size sizesqm sizem2 m2 propertysize "
        "surface surfacehabitable habitablesurface netarea"
        " netinternalarea nethabitablesurface wohnflache wohnflaeche livingareasqm livingareavalue "
        "livingareasqft sqft sqftliving squarefeet squarefootage floorareasqft sizesqft sizesqfeet "
        "displaysize superficie areautil estatearea livingspaceval usablesurface areafloor "
        "obytnaplocha plocha uzitnaplocha surfacelivingdisplay"
        " floorspace grossfloorarea grosslivingarea constructedsurface builtsurface totalsurface "
        "totalarea areatotal surfacetotal squaremtr squaremeterstotal qm oppervlakte woonoppervlakte "
        "boligareal housingarea buildingsize buildingarea apartmentsize homesize propertysqft "
        "finishedsqft livingareainsqm objqm"
    ),
    "living_area_units": (
        "livingareaunits livingareaunit livingareaunitsshort areaunit areaunits sizeunit surfaceunit "
        "floorsizeunit sizetype"
    ),
    "lot_size_area": (
        "lotsize lotsizearea lotarea landarea landsize landsurface plotarea plotsize plotsurface "
        "siteoverallarea sitearea estatesize grundstuecksflaeche grundstucksflache terrainsurface "
        "lotsizesquarefeet lotsqft lotsizesqft lotacres landareavalue parcelarea parcelsize "
        "lotsizevalue erfsize terrain surfacelandsize plotsizesqm lotsizeacres estatearea2 plotspace "
        "landsizesqm plocaparcely areaparcel parcelsurface arealand"
    ),
    "lot_size_units": "lotsizeunits lotsizeunit landareaunit plotareaunit lotareaunits lotareaunit",
    "bedrooms_total": (
        "bedrooms bedroom beds bedroomstotal numberofbedrooms bedroomcount bedroomscount numbedrooms "
        "nbbedrooms nbroom2 bedroomno numbeds bedscount chambres habitaciones dormitorios schlafzimmer "
        "anzahlschlafzimmer quartos noofbedrooms bedroomsnumber totalbedrooms bed roombedrooms "
        "objnoofbedrooms numberbedrooms bedroomsvalue slaapkamers dormrooms"
    ),
    "bathrooms_total_integer": (
        "bathrooms bathroom baths bathroomstotal numberofbathrooms numberofbathroomstotal bathroomcount "
        "bathroomscount bathroomstotalinteger numbathrooms nbbathrooms bathscount numbaths badezimmer "
        "anzahlbadezimmer banos noofbathrooms totalbathrooms bath numberbathrooms bathroomsnumber "
        "banheiros badkamers"
    ),
    "rooms_total": (
        "rooms roomstotal numberofrooms roomcount roomscount numrooms nbrooms nbroom zimmer anzahlzimmer "
        "zimmeranzahl noofrooms totalrooms room roomsnumber numberrooms pieces ambientes pocetpokoju "
        "objnoofrooms roomquantity kamers roomstotalvalue nroomstotal roomsno"
    ),
    "year_built": (
        "yearbuilt constructionyear buildyear builtyear yearofconstruction baujahr builtin buildingyear "
        "constructionyearfrom acceptanceyear construction_year objyearconstructed yearconstructed "
        "yearbuildt bouwjaar annee anneeconstruction buildingconstructionyear anoconstruccion yearofbuild "
        "constructedyear"
    ),
    "property_type": (
        "propertytype propertysubtype propertykind hometype housetype buildingtype categorytype objecttype "
        "objectcategory objektart realestatetype estatetype propertycategory typeofproperty immotype "
        "typology propertytypename realestatetypeid categorysub categorysubcb immobilienart realtytype "
        "assettype tipologia maincategory subcategory subtype unittype propertysubtypename "
        "categorymaincb categorymain maintype objecttypename"
    ),
    "offer": (
        "offertype offer transactiontype propertymarketingtype distributiontype offer_type contract dealtype "
        "listingtype marketingtype saletype transaction saletypes purpose saleorrent contracttype "
        "markettype channel offeringtype operationtype categorytypecb advertisementtype tradetype "
        "category_type_cb rentorsale businesstype offeringkind dealkind marketing objmarketingtype "
        "buyorrent adtype"
    ),
    "unparsed_address": (
        "streetaddress displayaddress fulladdress address1 addressline1 addressline street streetname "
        "addressstreet formattedaddress publicaddress addresstext displayableaddress address straße "
        "strasse ulice calle rua line line1 addresslines unparsedaddress street1 streetandnumber "
        "addressfull streetaddressline locationtext"
    ),
    "house_number": "housenumber streetnumber number hausnummer housenr housenumberfrom streetno",
    "city": (
        "city cityname town locality localitycity municipality addresslocality ort stadt ville ciudad "
        "citta comune municipio mesto obec postaltown addresscity placename gemeinde plaats woonplaats "
        "poblacion miasto cidade townname objcity locationcity citydisplay"
    ),
    "postal_code": (
        "postalcode postcode zip zipcode plz codepostal addresszip postleitzahl psc codigopostal zipcodes "
        "cap postnummer geoplz postcodefull postalcodefull objzipcode addresspostalcode"
    ),
    "outcode": "outcode outwardcode",
    "incode": "incode inwardcode",
    "state_or_province": (
        "state region province stateorprovince addressregion canton bundesland county addressstate "
        "provincia statecode regionname kraj statename provincename objregio1"
    ),
    "country": "country countrycode addresscountry countryiso countryname isocountry countryisocode",
    "latitude": "latitude lat geolat gpslat maplat latitud ycoord wgs84lat geolatitude locationlat",
    "longitude": (
        "longitude lng lon long geolng gpslng gpslon maplng longitud xcoord wgs84lng geolongitude "
        "locationlng locationlon"
    ),
    "title": (
        "title headline adtitle listingtitle advertname publictitle propertytitle h1 subject pitchtitle "
        "objecttitle exposetitle heading listingname displaytitle titletext propertytypefulldescription"
    ),
    "listing_key": (
        "listingid propertyid adid advertid offerid exposeid objectid estateid hashid zpid classifiedid "
        "realestateid inseratid listingkey id identifier itemid propertyidentifier uuid publicid "
        "externalid legacyid pk objscoutid annonceid listingnumber cwid serial internalid"
    ),
    "listing_url": (
        "url detailurl propertyurl listingurl permalink href canonicalurl link detailpageurl deeplink "
        "absoluteurl publicurl exposeurl detaillink slugurl webcanonical"
    ),
    "standard_status": (
        "status listingstatus homestatus propertystatus standardstatus saletype2 displaystatus "
        "availability offerstatus stateofad salestatus listingupdatereason2"
    ),
    "on_market_date": (
        "dateposted publishdate publishedat publisheddate createdat listeddate listingdate firstpublished "
        "datelisted onmarketdate dateadded creationdate publicationdate firstvisibledate insertiondate "
        "addedon listedon datepublished"
    ),
    "modification_timestamp": (
        "modificationtimestamp modifiedat updatedat lastupdated datemodified lastmodified updatedate "
        "modificationdate lastmodificationdate"
    ),
    "energy_class": (
        "energyclass energyefficiencyclass energylabel energyrating epcscore energieklasse epcrating "
        "energyefficiencyrating"
    ),
    "list_office_name": (
        "agencyname officename brokeragename brokername companyname branchname listingofficename "
        "realtorcompanyname shopname branchdisplayname customername agencytitle organizationname "
        "companydisplayname agencydisplayname officetitle brokerfirmname"
    ),
}
_PREFIX = re.compile(
    r"^(?:listing|property|obj|object|advert|estate|realestate|real|house|home|item|locality|address"
    r"|location|unit|display|main|base|classified)(?=[a-z])"
)
_CURRENCY_END = re.compile(r"(czk|eur|usd|gbp|chf|pln|sek|nok|dkk|aed|inr|zar|cad|aud)$")
_BY_KEY: dict[str, str] = {key: field for field, keys in _KEYS.items() for key in keys.split()}

# Keys that only say something together with the key above them: {"price": {"value": 1, "currency": "EUR"}}.
GENERIC = {
    "amount": 0,
    "value": 0,
    "numeric": 1,
    "number": 1,
    "raw": 1,
    "unformatted": 1,
    "numericvalue": 0,
    "mainvalue": 1,
    "min": 2,
    "minimum": 2,
    "from": 2,
    "text": 3,
    "display": 3,
    "displayvalue": 3,
    "formatted": 3,
    "formattedvalue": 3,
    "label": 4,
    "name": 4,
    "key": 5,
    "total": 2,
    "current": 1,
    "main": 1,
    "code": 5,
    "iso": 5,
    "short": 5,
    "primary": 1,
    "content": 3,
    "title": 5,
    "displayprices": 3,
    "primaryprice": 3,
    "minvalue": 2,
}
# Below these keys stands something that is not the listing: other listings, people, figures of the area, pictures.
_OTHER = re.compile(
    r"agent|realtor|consultant|similar|related|recommend|nearby|neighbo|comparable|suggest|history"
    r"|mortgage|financ|loan|school|station|transport|poi$|pois$|image|photo|media|video|picture|gallery"
    r"|floorplan"
    r"|breadcrumb|translation|i18n|locale|menu|footer|navig|user|session|experiment|featuretoggle"
    r"|featureflag|estimate|valuation|statistic|average|insight|market|calculator|deposit|kaution"
    r"|openhouse|taxhistory|pricehistory|review|rating$|cookie|seo|criteria|filter|searchparams"
    r"|searchquery|refinement|facet|sort|alert|viewport|boundingbox|bounds|polygon|geometry"
    r"|contactform|contactinfo|contactdetails|responsible|salesperson|person|employee|owner"
    r"|landlord|virtualtour|analytics|schema$|advertising|banner|previous|old|sold|premise|offeredby"
    r"|otherlistings|parentregion|labels$|amenities|nearest|interestingplaces|units$|childunits"
    r"|energycertificate|certificate"
)
# An amount or an area whose key carries one of these words is not the property's own.
NOT_MAIN = re.compile(
    r"deposit|fee|tax|mortgage|perarea|persq|perm2|sqmprice|pricesqm|permeter|pricem2|history|estimate"
    r"|zestimate|previous|old|original|last|sold|max|hoa|warm|service|parking|garage|garden|terrace"
    r"|balcon|cellar|basement|old|discount|drop|change|reduction|average|avg|total(?:rent|cost)|interest"
    r"|utilit|charges|extra|index|note|visible|hidden|type$"
)
_OFFICE = re.compile(
    r"^(?:agency|agencies|offices?|branch|branches|brokers?|brokerage|customers?|company|companies"
    r"|realestateagency|publisher|advertiser|listingoffice|offerer|provider|estateagent|agencydetails"
    r"|agencyinfo|listingbroker|brokeringagency|organization)$"
)


@functools.lru_cache(maxsize=50_000)
def plain_key(key: str) -> str:
    """A key in lower case without marks: "livingArea_sqm" → "livingareasqm"."""
    return "".join(c for c in key.lower() if c.isalnum())[:60]


@functools.lru_cache(maxsize=50_000)
def key_field(key: str) -> str | None:
    """The field that a plain key means; None when it means none."""
    found = _BY_KEY.get(key)
    if found is None:
        prefix = _PREFIX.match(key)
        found = _BY_KEY.get(key[prefix.end() :]) if prefix else None
        # An id named after something else than the listing is another thing's.
        return None if found in ("listing_key", "title", "listing_url") else found
    return found


@functools.lru_cache(maxsize=50_000)
def key_currency(key: str) -> str | None:
    """The currency that a plain key names at its end ("pricesummaryczk"); None when it names none."""
    found = _CURRENCY_END.search(key)
    return found.group(1).upper() if found and ("price" in key or "amount" in key or "rent" in key) else None


@functools.lru_cache(maxsize=50_000)
def leads_elsewhere(key: str) -> bool:
    """Whether what stands below a plain key is not the listing itself."""
    return _OTHER.search(key) is not None


@functools.lru_cache(maxsize=50_000)
def names_office(key: str) -> bool:
    """Whether what stands below a plain key is the office that brokers the offer."""
    return _OFFICE.match(key) is not None
