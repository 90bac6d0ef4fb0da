"""Names of the companies after the first: made up, different for each, and always the same."""

from __future__ import annotations

FIRST = (
    *("Brightwater", "Castellan", "Dunmore", "Eastgate", "Fernhill", "Glenrock", "Harbourside", "Ironbridge"),
    *("Juniper", "Kestrel", "Larkspur", "Meridian", "Northfield", "Oakhaven", "Pinecrest", "Quarrystone"),
    *("Ridgeway", "Silverbrook", "Thornbury", "Umberland", "Valemont", "Westerly", "Yarrow", "Zephyr"),
    *("Amberley", "Blackthorn", "Copperfield", "Driftwood", "Elmswood", "Foxglove", "Greystone", "Hollybank"),
    *("Ivywood", "Jasper", "Kingsley", "Lindenhof", "Marlowe", "Nightingale", "Osprey", "Peregrine"),
    *("Rosewood", "Stonegate", "Tamarack", "Underhill", "Vantage", "Willowmere", "Ashcombe", "Birchwood"),
    *("Clearwater", "Deepdale"),
)
SECOND = (
    *(
        "Foods",
        "Logistics",
        "Health",
        "Energy",
        "Software",
        "Insurance",
        "Hotels",
        "Textiles",
        "Media",
        "Bank",
    ),
    *("Pharma", "Retail", "Mobility", "Aerospace", "Chemicals", "Education", "Farms", "Furniture", "Games"),
    *("Glass", "Instruments", "Jewellers", "Kitchens", "Labs", "Marine", "Networks", "Optics", "Paper"),
    *("Publishing", "Rail", "Security", "Steel", "Studios", "Telecom", "Tools", "Travel", "Utilities"),
    *("Ventures", "Water", "Analytics"),
)
CITIES = (
    *("Oslo, Norway", "Lyon, France", "Vienna, Austria", "Dublin, Ireland", "Chicago, IL, United States"),
    *("Krakow, Poland", "Porto, Portugal", "Madrid, Spain", "Milan, Italy", "Austin, TX, United States"),
    *("Utrecht, Netherlands", "Zurich, Switzerland", "Tallinn, Estonia", "Leeds, United Kingdom"),
    *(
        "Montreal, Quebec, Canada",
        "Ghent, Belgium",
        "Aarhus, Denmark",
        "Brno, Czechia",
        "Boston, MA, United States",
    ),
)
MOST = len(FIRST) * len(SECOND)  # more would repeat a name


def company_name(number: int) -> str:
    """Return the name of the company of that number, counted from 0."""
    turn, first = divmod(number, len(FIRST))
    return f"{FIRST[first]} {SECOND[(turn + number) % len(SECOND)]}"


def city(number: int) -> str:
    """Return where that company has its headquarters."""
    return CITIES[number % len(CITIES)]
