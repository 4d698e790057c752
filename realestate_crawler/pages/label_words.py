"""The words of `labels` in further languages: Nordic and Slavic ones, Hungarian, Romanian, Turkish, Greek, and those of
Asia and the Near East.

What belongs here: vocabulary as it is written; it is folded when it is loaded. What does not: the languages that
`labels` has.
"""

MORE_LABELS: dict[str, str] = {
    "list_price": (
        "verð|ásett verð|hinta|myyntihinta|velaton hinta|velaton myyntihinta|vuokra|vuokra/kk|utropspris|"
        "begärt pris|slutpris|hyra|månadshyra|kontantpris|udbudspris|husleie|leie|månedsleie|ár|eladási ár|"
        "irányár|bérleti díj|havi bérleti díj|preț|pret|preț vânzare|chirie|preț chirie|fiyat|fiyatı|"
        "satış fiyatı|kira|kira bedeli|aylık kira|τιμή|τιμη πώλησης|ενοίκιο|цена|цена продажи|стоимость|"
        "арендная плата|цена аренды|ціна|вартість|наем|cijena|cena nehnuteľnosti|nájomné|cena nájmu|najemnina|"
        "najam|価格|販売価格|物件価格|家賃|總價|总价|售價|售价|價格|价格|租金|月租|매매가|매매|가격|월세|전세|"
        "보증금/월세|السعر|سعر|الإيجار|الإيجار الشهري|מחיר|שכר דירה|ราคา|ราคาขาย|ค่าเช่า|harga|harga jual|"
        "harga sewa|sewa|giá|mức giá|giá bán|giá thuê|preço de renda|valor do aluguel|aluguel|aluguer|"
        "renda mensal|valor|precio de alquiler|alquiler|canon|canon de arrendamiento|prix demandé|prix affiché|"
        "prezzo richiesto|affitto|affitto mensile|canone mensile|huurprijs per maand|koopsom|cena najma|kainos|"
        "hind|müügihind|cena eur|pārdošanas cena|kaina|starting bid|opening bid|startgebot|aufrufpreis"
    ),
    "living_area": (
        "boarea|boyta|bostadsyta|bruksareal|internt bruksareal|bra-i|bra|p-rom|primærrom|bolig areal|boligareal|"
        "boligkvm|asuinpinta-ala|pinta-ala|asuintilojen pinta-ala|huoneistoala|alapterület|hasznos alapterület|"
        "lakóterület|suprafață|suprafață utilă|suprafață construită|suprafață utila|suprafata utila|"
        "suprafata construita|m² (net)|net m²|net metrekare|metrekare|m² brüt / net|alan|εμβαδόν|τετραγωνικά|"
        "επιφάνεια|площадь|общая площадь|жилая площадь|площа|загальна площа|квадратура|stambena površina|"
        "površina|površina stana|kvadratura|stambena povrsina|úžitková plocha|obytná plocha|podlahová plocha|"
        "plocha bytu|専有面積|建物面積|延床面積|建築面積|建面|面积|面積|建筑面积|套内面积|坪數|權狀坪數|전용면적|"
        "전용|면적|공급/전용면적|المساحة|مساحة البناء|שטח|שטח בנוי|גודל|พื้นที่ใช้สอย|ขนาดพื้นที่|พื้นที่|"
        "luas bangunan|bangunan|diện tích|diện tích sử dụng|área|área útil|área construída|metragem|área total|"
        "superficie cubierta|superficie útil|m² útiles|superficie construida|superficie de la vivienda|"
        "superficie calpestabile|superficie totale|woonoppervlak|bewoonbare oppervlakte|woonruimte|"
        "wonen (= woonoppervlakte)|neto površina|elamispind|üldpind|plotas|platība|net internal area|"
        "gross floor area|gfa|built-up|bua|size (sqft)|area (sqft)|interior size|living sqft|total living area|"
        "floor space|super built-up area|super built up area|built area|covered|home area|interior livable area|"
        "sq feet|sq footage"
    ),
    "lot_size_area": (
        "tomtareal|tomt|tomtens area|tomtstorlek|grundareal|grundens areal|tontin pinta-ala|tontti|tontin koko|"
        "telekterület|telek|telekméret|suprafață teren|teren|suprafata teren|arsa alanı|arsa|arsa m²|οικόπεδο|"
        "εμβαδόν οικοπέδου|площадь участка|участок|площадь земли|площа ділянки|ділянка|površina zemljišta|"
        "zemljište|okućnica|výmera pozemku|plocha pozemku|pozemok|土地面積|敷地面積|土地|占地面積|占地面积|"
        "대지면적|مساحة الأرض|مساحة القطعة|שטח מגרש|שטח גינה|ขนาดที่ดิน|เนื้อที่ดิน|luas tanah|tanah|"
        "diện tích đất|área do lote|área terreno|terreno m²|superficie lotto|superficie giardino|"
        "kadastrale oppervlakte|krunt|sklypo plotas|zemes platība|plot area (sqft)|land size (sqft)|block size|"
        "section size|site size|lot size (sqft)|plot size (sqm)"
    ),
    "bedrooms_total": (
        "makuuhuoneet|makuuhuoneita|hálószobák|hálószoba|dormitoare|număr dormitoare|nr dormitoare|yatak odası|"
        "yatak odası sayısı|υπνοδωμάτια|υ/δ|спальни|спален|количество спален|спальні|spavaće sobe|"
        "broj spavaćih soba|spálne|počet spální|寝室|寢室|卧室|침실|غرف النوم|غرف نوم|عدد غرف النوم|חדרי שינה|"
        "ห้องนอน|จำนวนห้องนอน|kamar tidur|phòng ngủ|số phòng ngủ|quartos de dormir|suítes e quartos|"
        "número de habitaciones|nº de habitaciones|núm. dormitorios|alcoba|cuartos|nombre de chambre|"
        "chambres à coucher|camere letto|n. camere da letto|slaapkamer(s)|magamistoad|miegamieji|guļamistabas|"
        "antal soveværelser|antall soverom|antal sovrum|schlafzimmeranzahl"
    ),
    "bathrooms_total_integer": (
        "kylpyhuoneet|kylpyhuone|fürdőszobák|fürdőszoba|fürdő|băi|bai|număr băi|nr băi|nr bai|baie|banyo|"
        "banyo sayısı|μπάνια|μπάνιο|ванные|санузел|санузлов|количество санузлов|санвузол|kupaonice|"
        "broj kupaonica|kupatila|kúpeľne|počet kúpeľní|浴室|バスルーム|卫生间|衛浴|욕실|عدد الحمامات|الحمامات|"
        "حمامات|חדרי רחצה|ห้องน้ำ|จำนวนห้องน้ำ|kamar mandi|phòng tắm|số toilet|số phòng tắm|banheiro|"
        "número de baños|nº de baños|baños completos|salle d'eau|salles d'eau|nombre de salles de bain|n. bagni|"
        "badkamer(s)|antal badeværelser|antall bad|antal badrum|badrum|badeværelser|toilets|vannitoad|vonios|"
        "vannas istabas|total baths|total bathrooms"
    ),
    "rooms_total": (
        "huoneet|huoneita|huoneluku|huoneiden määrä|huoneiden lukumäärä|szobák száma|szobák|szoba|szobaszám|"
        "număr camere|nr camere|nr. camere|oda sayısı|oda|δωμάτια|комнат|комнаты|количество комнат|число комнат|"
        "кімнат|кількість кімнат|стаи|sobe|broj soba|počet izieb|izby|število sob|部屋数|房數|房间数|방수|방개수|"
        "عدد الغرف|الغرف|חדרים|מספר חדרים|จำนวนห้อง|số phòng|kambrid|tubade arv|kambarių sk|kambariai|istabas|"
        "istabu skaits|cômodos|divisões|assoalhadas|nº de quartos|nombre de pièce|nbre de pièces|pièce(s)|"
        "numero locali|n. locali|stanze|vertrekken|kamers in totaal|antal værelser|antall rom|antal rum|huonetta"
    ),
    "year_built": (
        "rakennusvuosi|valmistumisvuosi|byggnadsår|byggår|byggeår|oppført|opført|építés éve|építési év|"
        "an construcție|anul construcției|an constructie|yapım yılı|yapım tarihi|έτος κατασκευής|год постройки|"
        "год сдачи|рік будівництва|година на строеж|godina izgradnje|godina gradnje|leto izgradnje|rok výstavby|"
        "rok kolaudácie|築年|築年月|建築年|建成年份|竣工年|建築完成|준공년도|사용승인일|سنة البناء|שנת בנייה|"
        "ปีที่สร้าง|tahun dibangun|năm xây dựng|ehitusaasta|metai|statybos metai|ano de construção|"
        "ano da construção|année construction|année bâtiment|anno costruzione|jaar van bouw|completion year|"
        "construction date|antigüedad (año)"
    ),
    "property_type": (
        "talotyyppi|asunnon tyyppi|huoneistotyyppi|ingatlan típusa|tip imobil|tip apartament|tip proprietate|"
        "emlak tipi|konut tipi|τύπος|είδος|тип недвижимости|тип дома|тип объекта|тип нерухомості|"
        "vrsta nekretnine|tip nekretnine|tip stana|druh nehnuteľnosti|typ nehnuteľnosti|物件種別|建物種別|類型|"
        "类型|型態|종류|매물종류|نوع العقار|סוג נכס|סוג הנכס|ประเภท|ประเภทอสังหา|tipe properti|jenis properti|"
        "loại hình|tipo do imóvel|tipo de inmueble|tipo inmueble|tipo de vivienda|type de logement|"
        "type d'habitation|tipo immobile|boligtype|eierform|bostadstyp|boligart|woningtype|type object|"
        "soort appartement|property class|listing type|dwelling type"
    ),
    "unparsed_address": (
        "osoite|cím|adresă|adres bilgisi|διεύθυνση|адрес|адреса|adresa nehnuteľnosti|住所|所在地|地址|주소|"
        "소재지|العنوان|כתובת|ที่อยู่|alamat|địa chỉ|endereço|morada|dirección|adress|objektadresse"
    ),
    "city": (
        "kaupunki|kunta|város|település|oraș|localitate|şehir|şehir/ilçe|ilçe|πόλη|город|населенный пункт|місто|"
        "населений пункт|grad|mjesto|naselje|mesto/obec|市区町村|城市|도시|المدينة|עיר|ישוב|จังหวัด|kota|"
        "thành phố|cidade|ciudad|kommun|poststed"
    ),
    "postal_code": (
        "postinumero|irányítószám|cod poștal|posta kodu|ταχ. κώδικας|почтовый индекс|индекс|поштовий індекс|"
        "poštanski broj|psč|郵便番号|邮编|우편번호|الرمز البريدي|מיקוד|รหัสไปรษณีย์|kode pos|mã bưu điện|cep|"
        "código postal|postnummer|eircode|pin code|pincode"
    ),
    "listing_key": (
        "kohdenumero|hirdetéskód|referencia szám|id anunț|id anunt|ilan no|ilan numarası|κωδικός|код объявления|"
        "номер объявления|код объекта|šifra oglasa|šifra nekretnine|id nehnuteľnosti|物件番号|物件コード|"
        "房源编号|매물번호|رقم الإعلان|رقم الاعلان|מספר מודעה|רقم العقار|รหัสประกาศ|id listing|kode properti|"
        "mã tin|mã tin đăng|código do imóvel|código do anúncio|objektnummer|annons-id"
    ),
    "association_fee": (
        "yhtiövastike|hoitovastike|vastike|avgift|månadsavgift|felleskostnader|felleskost/mnd|ejerudgift|"
        "közös költség|întreținere|aidat|aidat (tl)|κοινόχρηστα|taxa de condomínio|valor condomínio|管理费|"
        "관리비|管理費等|ค่าส่วนกลาง|phí quản lý"
    ),
    "noise": (
        "velkaosuus|lainaosuus|vuokravakuus|takuuvuokra|kaució|garanție|garantie|depozito|εγγύηση|залог|комиссия|"
        "застава|комісія|depozit|polog|polog/kavcija|kaucia|礼金|敷金|保証金|仲介手数料|修繕積立金|押金|頭期款|"
        "首付|月供|單價|单价|均价|보증금|융자금|التأمين|עמלה|ועד בית|ארנונה|มัดจำ|เงินประกัน|deposit sewa|"
        "tiền cọc|đặt cọc|caução|iptu|valor iptu|seguro|derrama|neliöhinta|négyzetméterár|preț/m²|preț pe m²|"
        "pret pe mp|m² fiyatı|metrekare fiyatı|τιμή ανά τ.μ.|цена за м²|цена за метр|цена за кв. м|ціна за м²|"
        'cijena po m²|cena za m²|cena za meter|м² цена|坪単価|m²単価|평당가|단가|سعر المتر|מחיר למ"ר|'
        "ราคาต่อตารางเมตร|harga per m²|giá/m²|đơn giá|preço por m²|preço/m²|valor do m²|pris/m²|pris pr. m²|"
        "kvadratmeterpris|kvm-pris|vraagprijs per m²|prijs per m²|m²-prijs|euro/m²|omkostninger|fellesgjeld|"
        "kommunale avg|kommunale avgifter|formuesverdi|driftskostnad|driftkostnad|pantbrev|lagfart|nettoudgift|"
        "udbetaling|externe bergruimte|gebouwgebonden buitenruimte|overige inpandige ruimte|inhoud|balkonger|"
        "biarea|balkong|varasto|sauna|parveke|erkély|terasz|balcon|teras|m² (brüt)|brüt m²|площадь кухни|кухня|"
        "балкон|лоджия|гараж|garaža|loggia|バルコニー|バルコニー面積|駐車場|車位|发布日期|주차|발코니|مواقف|"
        "מרפסת|חניה|ที่จอดรถ|garasi|carport|chỗ để xe|ban công|vagas|garagem|varanda|parqueaderos|"
        "estacionamientos|cocheras|garajes|places de parking|posti auto|cleaning fee|service fee|booking fee|"
        "stamp duty|closing costs|transfer duty|bond costs|levies & rates|strata|strata levies|body corporate|"
        "council rates|water rates|maintenance charges|booking amount|token amount|registration charges|"
        "monthly repayments|from (per month)|parking spaces|car spaces|grundsteuer|erschliessungskosten|"
        "reservierungsgebuhr|genossenschaftsanteile|einheiten|etagen|wfl/m²"
    ),
}
