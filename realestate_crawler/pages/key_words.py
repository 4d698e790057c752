"""The key names that sites' own data use, for each field: lower case, letters and digits only.

What belongs here: vocabulary. What does not: what else a key may say (state_keys).
"""

KEYS: dict[str, str] = {
    "list_price": (
        "price listprice askingprice displayprice priceamount pricevalue purchaseprice buyprice buyingprice "
        "saleprice salesprice sellingprice kaufpreis kaltmiete baserent coldrent netrent rentalprice rentprice rent "
        "monthlyrent rentalamount pricedisplay mainprice primaryprice currentprice unformattedprice rawprice "
        "priceraw pricenumber priceinfo precio preco prix loyer prezzo cena priceczk pricesummaryczk listingprice "
        "advertprice grossprice propertyprice offerprice hardprice rentcold rentnet miete preis pricecold "
        "startingprice pricefrom minprice pricemin lowprice prijs vraagprijs huurprijs pricesummary valor adprice "
        "priceunformatted pricetext formattedprice priceformatted guideprice pricelabel pricecurrent canonicalprice "
        "monthlyrentalprice basicrent rentbase pricegross priceeur priceusd pricegbp askprice listedprice "
        "totalprice priceperproperty housingprice fiyat hinta kainos precioventa precioalquiler precodevenda "
        "rentpcm monthlyprice pricemonthly rentamount leaseprice leasingprice rentcharge grossrent rentgross "
        "startbid startingbid guidepricevalue pricedetails askingpriceamount"
    ),
    "currency": (
        "currency pricecurrency currencycode pricecurrencycode moneda currencyiso isocurrency currencyid currencysymbol"
    ),
    "price_period": (
        "priceperiod rentperiod priceunit rentfrequency frequency paymentfrequency pricefrequency rentalperiod "
        "priceinterval period"
    ),
    "living_area": (
        "livingarea livingspace surfaceliving spaceliving livingsurface floorsize floorarea internalarea "
        "interiorarea builtuparea builtarea constructedarea usablearea area areasqm areasize surfacearea "
        "squaremeters squaremeter squaremetres squaremeterage sqm size sizesqm sizem2 m2 propertysize surface "
        "surfacehabitable habitablesurface netarea netinternalarea nethabitablesurface wohnflache wohnflaeche "
        "livingareasqm livingareavalue livingareasqft sqft sqftliving squarefeet squarefootage floorareasqft "
        "sizesqft sizesqfeet displaysize superficie areautil estatearea livingspaceval usablesurface areafloor "
        "obytnaplocha plocha uzitnaplocha surfacelivingdisplay floorspace grossfloorarea grosslivingarea "
        "constructedsurface builtsurface totalsurface totalarea areatotal surfacetotal squaremtr squaremeterstotal "
        "qm oppervlakte woonoppervlakte boligareal housingarea buildingsize buildingarea apartmentsize homesize "
        "propertysqft finishedsqft livingareainsqm objqm square floorsizem2 boarea bra primaryarea usefularea "
        "usablefloorarea livingspacearea totallivingarea areabuilt builtsize constructedm2 builtupsize coveredarea "
        "areacovered supercubierta surfacecovered surfacebuilt usableareas usableareasqm interiorsize livablearea "
        "alapterulet metrekare metragem areaprivativa estatesize livingareasize arealiving netliving habitablearea "
        "gfa buildingareatotal sizeinterior"
    ),
    "living_area_units": (
        "livingareaunits livingareaunit livingareaunitsshort areaunit areaunits sizeunit surfaceunit floorsizeunit "
        "sizetype"
    ),
    "lot_size_area": (
        "lotsize lotsizearea lotarea landarea landsize landsurface plotarea plotsize plotsurface siteoverallarea "
        "sitearea grundstuecksflaeche grundstucksflache terrainsurface lotsizesquarefeet lotsqft lotsizesqft "
        "lotacres landareavalue parcelarea parcelsize lotsizevalue erfsize terrain surfacelandsize plotsizesqm "
        "lotsizeacres estatearea2 plotspace landsizesqm plocaparcely areaparcel parcelsurface arealand landareasize "
        "sizeland plotsurfacearea terrainarea lotsquarefeet landareasqm lotareasqm lotsizesqm siteareasqm landm2 "
        "terrenom2 areaterreno tomtareal lotsizevalueinsqft lotareavalue lotareatotal"
    ),
    "lot_size_units": ("lotsizeunits lotsizeunit landareaunit plotareaunit lotareaunits lotareaunit"),
    "bedrooms_total": (
        "bedrooms bedroom beds bedroomstotal numberofbedrooms bedroomcount bedroomscount numbedrooms nbbedrooms "
        "nbroom2 bedroomno numbeds bedscount chambres habitaciones dormitorios schlafzimmer anzahlschlafzimmer "
        "quartos noofbedrooms bedroomsnumber totalbedrooms bed roombedrooms objnoofbedrooms numberbedrooms "
        "bedroomsvalue slaapkamers dormrooms bedroomtotal roombed sleepingrooms dormitorio quarto hab recamaras "
        "camere camereletto slaapkameraantal numberofsleepingrooms soverom sovrum bhk bedcount bedroomsint "
        "makuuhuoneet"
    ),
    "bathrooms_total_integer": (
        "bathrooms bathroom baths bathroomstotal numberofbathrooms numberofbathroomstotal bathroomcount "
        "bathroomscount bathroomstotalinteger numbathrooms nbbathrooms bathscount numbaths badezimmer "
        "anzahlbadezimmer banos noofbathrooms totalbathrooms bath numberbathrooms bathroomsnumber banheiros "
        "badkamers bathroomtotal bathscombined bathstotal banheiro bagni sallesdebain nbbaths badkamer roombath wcs"
    ),
    "rooms_total": (
        "rooms roomstotal numberofrooms roomcount roomscount numrooms nbrooms nbroom zimmer anzahlzimmer "
        "zimmeranzahl noofrooms totalrooms room roomsnumber numberrooms pieces ambientes pocetpokoju objnoofrooms "
        "roomquantity kamers roomstotalvalue nroomstotal roomsno roomsquantity roomtotal roomnumber totalroom oda "
        "camerecount locali nblocali aantalkamers antalrum szobak huoneet huoneluku vani numberofpieces nbpieces "
        "nbrepieces stanze"
    ),
    "year_built": (
        "yearbuilt constructionyear buildyear builtyear yearofconstruction baujahr builtin buildingyear "
        "constructionyearfrom acceptanceyear objyearconstructed yearconstructed yearbuildt bouwjaar annee "
        "anneeconstruction buildingconstructionyear anoconstruccion yearofbuild constructedyear builtyr yearbuild "
        "constructyear constructionyearvalue yearcompleted completionyear byggear byggar rakennusvuosi epitesev "
        "ancostructie legacyconstructionyear buildyearvalue"
    ),
    "property_type": (
        "propertytype propertysubtype propertykind hometype housetype buildingtype categorytype objecttype "
        "objectcategory objektart realestatetype estatetype propertycategory typeofproperty immotype typology "
        "propertytypename realestatetypeid categorysub categorysubcb immobilienart realtytype assettype tipologia "
        "maincategory subcategory subtype unittype propertysubtypename categorymaincb categorymain maintype "
        "objecttypename"
    ),
    "offer": (
        "offertype offer transactiontype propertymarketingtype distributiontype contract dealtype listingtype "
        "marketingtype saletype transaction saletypes purpose saleorrent contracttype markettype channel "
        "offeringtype operationtype categorytypecb advertisementtype tradetype rentorsale businesstype offeringkind "
        "dealkind marketing objmarketingtype buyorrent adtype"
    ),
    "unparsed_address": (
        "streetaddress displayaddress fulladdress address1 addressline1 addressline street streetname addressstreet "
        "formattedaddress publicaddress addresstext displayableaddress address straße strasse ulice calle rua line "
        "line1 addresslines unparsedaddress street1 streetandnumber addressfull streetaddressline locationtext "
        "fullstreet streetfull addressdisplay shortaddress addressshort displayableaddresses streetline "
        "addressstreetname"
    ),
    "house_number": ("housenumber streetnumber number hausnummer housenr housenumberfrom streetno"),
    "city": (
        "city cityname town locality localitycity municipality addresslocality ort stadt ville ciudad citta comune "
        "municipio mesto obec postaltown addresscity placename gemeinde plaats woonplaats poblacion miasto cidade "
        "townname objcity locationcity citydisplay citylabel suburb placelabel municipalityname localityname "
        "cityshort kunta kommune kommun concelho miejscowosc"
    ),
    "postal_code": (
        "postalcode postcode zip zipcode plz codepostal addresszip postleitzahl psc codigopostal zipcodes cap "
        "postnummer geoplz postcodefull postalcodefull objzipcode addresspostalcode pincode cep irsz eircode "
        "postalcodevalue codigopostal5"
    ),
    "outcode": ("outcode outwardcode"),
    "incode": ("incode inwardcode"),
    "state_or_province": (
        "state region province stateorprovince addressregion canton bundesland county addressstate provincia "
        "statecode regionname kraj statename provincename objregio1"
    ),
    "country": ("country countrycode addresscountry countryiso countryname isocountry countryisocode"),
    "latitude": (
        "latitude lat geolat gpslat maplat latitud ycoord wgs84lat geolatitude locationlat latdecimal latvalue "
        "mapslat lati"
    ),
    "longitude": (
        "longitude lng lon long geolng gpslng gpslon maplng longitud xcoord wgs84lng geolongitude locationlng "
        "locationlon lngdecimal longvalue mapslng longi"
    ),
    "title": (
        "title headline adtitle listingtitle advertname publictitle propertytitle h1 subject pitchtitle objecttitle "
        "exposetitle heading listingname displaytitle titletext propertytypefulldescription"
    ),
    "listing_key": (
        "listingid propertyid adid advertid offerid exposeid objectid estateid hashid zpid classifiedid "
        "realestateid inseratid listingkey id identifier itemid propertyidentifier uuid publicid externalid "
        "legacyid pk objscoutid annonceid listingnumber cwid serial internalid listid listingno advertno adno "
        "annuncioid inzeratid anuncioid inmuebleid aviso avisoid offernumber objectnumber objektnummer "
        "refid listingreference propertycode listingcode displayid adidentifier propertyno"
    ),
    "listing_url": (
        "url detailurl propertyurl listingurl permalink href canonicalurl link detailpageurl deeplink absoluteurl "
        "publicurl exposeurl detaillink slugurl webcanonical"
    ),
    "standard_status": (
        "status listingstatus homestatus propertystatus standardstatus saletype2 displaystatus availability "
        "offerstatus stateofad salestatus listingupdatereason2"
    ),
    "on_market_date": (
        "dateposted publishdate publishedat publisheddate createdat listeddate listingdate firstpublished "
        "datelisted onmarketdate dateadded creationdate publicationdate firstvisibledate insertiondate addedon "
        "listedon datepublished"
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
        "agencyname officename brokeragename brokername companyname branchname listingofficename realtorcompanyname "
        "shopname branchdisplayname customername agencytitle organizationname companydisplayname agencydisplayname "
        "officetitle brokerfirmname"
    ),
}
