"""Invented streets, people, offices and headlines."""

from realestate_crawler.vocabulary import PropertyType

STREETS = (
    "Rua da Alfândega Velha",
    "Rua do Poço Novo",
    "Travessa das Andorinhas",
    "Avenida dos Navegantes",
    "Largo da Amoreira",
    "Rua das Três Figueiras",
    "Calçada do Sino",
    "Rua Mestre Anselmo",
    "Avenida da Bruma",
    "Beco do Alecrim",
    "Rua da Fábrica de Sal",
    "Rua dos Oleiros",
    "Praceta do Zimbro",
    "Estrada dos Moinhos",
    "Rua d'El-Rei Menino",
)
GIVEN_NAMES = ("Aurélia", "Benedito", "Clara", "Duarte", "Eulália", "Fausto", "Graça", "Hélio", "Inês", "Jacinto")
FAMILY_NAMES = ("Alvorado", "Brumal", "Cortesão", "Ferrolho", "Gavião", "Lamosa", "Marinhas", "Pedregal", "Sobral")
OFFICES = (
    "Casas da Bruma",
    "Farol & Filhos, Lda.",
    "Imobiliária Maré Alta",
    "Quatro Ventos",
    'Predial "O Moinho"',
    "Sereno Homes",
    "Agência Cais Velho",
)
LEADS = (
    "Bright",
    "Quiet",
    "Renovated",
    "Charming",
    "Spacious",
    "Well-kept",
    "Modern",
    "Rare",
    "Sunny",
    "Central",
)
FEATURES = {
    PropertyType.APARTMENT: ("a balcony", "sea views", "a lift & garage", "two balconies", "new windows", "a patio"),
    PropertyType.HOUSE: ("a garden", "a pool", "mountain views", "a garage", "an orchard & well", "solar panels"),
    PropertyType.ROOM: ("own bath", "shared kitchen", "a desk", "all bills included"),
    PropertyType.LAND: ("road access", "building permit", "south slope", "water & power"),
    PropertyType.COMMERCIAL: ("shop window", "open space", "parking", "a loading dock"),
    PropertyType.PARKING: ("automatic door", "charging point", "storage", "wide entrance"),
}

# The portal's own words and their shares, per kind.
TYPE_WORDS: dict[PropertyType, tuple[tuple[str, float], ...]] = {
    PropertyType.APARTMENT: (("Apartment", 0.72), ("Flat", 0.16), ("Studio", 0.12)),
    PropertyType.HOUSE: (("House", 0.55), ("Villa", 0.25), ("Townhouse", 0.20)),
    PropertyType.ROOM: (("Room", 1.0),),
    PropertyType.LAND: (("Land", 0.5), ("Plot", 0.5)),
    PropertyType.COMMERCIAL: (("Commercial", 0.5), ("Office", 0.5)),
    PropertyType.PARKING: (("Parking", 0.4), ("Garage", 0.6)),
}
