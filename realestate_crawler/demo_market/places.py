"""The invented towns: where they lie, how dear they are. No such town exists; the country does."""

from typing import NamedTuple

COUNTRY = "PT"
CURRENCY = "EUR"

# Kilometres in one degree at 40.1° north.
KM_PER_DEGREE_LATITUDE = 111.195
KM_PER_DEGREE_LONGITUDE = 85.055


class District(NamedTuple):
    """Part of a town: kilometres east and north of the town's centre, and its postal code."""

    name: str
    east_km: float
    north_km: float
    postal_code: str


class City(NamedTuple):
    """A town: centre in degrees WGS84, price level in EUR per m² at the centre, share of all listings."""

    name: str
    state: str
    latitude: float
    longitude: float
    price_level: float
    share: float
    districts: tuple[District, ...]


CITIES = (
    City(
        "Porto Sereno",
        "Costa da Bruma",
        40.0520,
        -8.8550,
        3400.0,
        0.36,
        (
            District("Baixa", 0.3, 0.1, "3091-101"),
            District("Cais Velho", -0.2, 0.7, "3091-115"),
            District("Colina do Farol", 1.4, 1.6, "3092-230"),
            District("Quinta das Gaivotas", 3.2, -1.0, "3092-348"),
            District("Parque Norte", 1.9, 4.3, "3093-402"),
        ),
    ),
    City(
        "Vila Aurora",
        "Costa da Bruma",
        40.2140,
        -8.8310,
        2650.0,
        0.24,
        (
            District("Centro", 0.2, 0.0, "3094-001"),
            District("Praia da Luz Velha", -0.6, 1.1, "3094-027"),
            District("Bairro dos Pescadores", 0.4, -1.2, "3094-053"),
            District("Pinhal", 2.8, 0.9, "3095-160"),
        ),
    ),
    City(
        "São Telmo",
        "Costa da Bruma",
        40.1010,
        -8.6020,
        1950.0,
        0.18,
        (
            District("Praça Nova", 0.1, 0.2, "3096-010"),
            District("Estação", 0.9, -0.8, "3096-044"),
            District("Moinhos", -1.8, 1.5, "3097-205"),
            District("Santa Quitéria", 2.4, 2.6, "3097-288"),
        ),
    ),
    City(
        "Ribeira Alta",
        "Serra da Bruma",
        40.1830,
        -8.3520,
        1450.0,
        0.13,
        (
            District("Ponte", 0.0, 0.1, "3098-002"),
            District("Azenhas", 1.1, 0.9, "3098-031"),
            District("Outeiro", -1.5, -1.7, "3098-070"),
        ),
    ),
    City(
        "Monte Claro",
        "Serra da Bruma",
        40.0040,
        -8.2060,
        1050.0,
        0.09,
        (
            District("Castelo", 0.1, 0.1, "3099-005"),
            District("Fonte Fria", 1.6, -1.0, "3099-018"),
            District("Carvalhal", -2.2, 1.8, "3099-077"),
        ),
    ),
)
