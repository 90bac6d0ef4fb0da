"""The jobs of the seeded company: ordinary ones, and what makes matching hard."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

ENGINEERING, PLATFORM, PRODUCT, DESIGN, SALES, SUCCESS = range(4001001, 4001007)
SALES_ENABLEMENT, SUCCESS_ENABLEMENT, MARKETING, PEOPLE, FINANCE, OPERATIONS = range(4001007, 4001013)
BERLIN, LISBON, LONDON, NEW_YORK, TORONTO, REMOTE = range(4002001, 4002007)
ADA, JONAS, PRIYA, MARTA, TOM, LENA = range(4003001, 4003007)

HTML = (
    "<h2>What you will do</h2>\n<p>Build robots that <strong>sort</strong> &amp; carry.</p>\n"
    "<ul><li>Own a part of it</li><li>Explain it to others</li></ul>"
)
PLAIN = "You will own a part of how Halden Robotics works, and explain it to others."


def _job(
    number: int,
    name: str,
    code: str | None,
    department: int | None,
    offices: list[int],
    **other: Any,  # noqa: ANN401 - any field of a job
) -> Document:
    day = f"2026-{number % 9 + 1:02}-{number % 27 + 1:02}T10:00:00.000Z"
    ordinary = {
        "id": 4010000 + number,
        "name": name,
        "requisition_id": code,
        "status": "open",
        "is_template": False,
        "department_id": department,
        "office_ids": offices,
        "hiring_managers": [LENA],
        "recruiters": [PRIYA],
        "openings": 1,
        "description": PLAIN,
        "created_at": day,
        "updated_at": day,
    }
    return {**ordinary, **other}


TEMPLATES: tuple[Document, ...] = (
    _job(
        1, "Template: Individual Contributor", None, ENGINEERING, [BERLIN], is_template=True, description=HTML
    ),
    _job(2, "Template: People Manager", "TPL-MGR", SALES, [BERLIN, LONDON], is_template=True),
    _job(3, "Template: Internship", None, PEOPLE, [LISBON], is_template=True, status="closed"),
)

JOBS: tuple[Document, ...] = (
    _job(101, "Backend Engineer", "ENG-101", ENGINEERING, [BERLIN, REMOTE], openings=2, description=HTML),
    _job(102, "Frontend Engineer", "ENG-102", ENGINEERING, [BERLIN]),
    _job(103, "Site Reliability Engineer", "ENG-103", PLATFORM, [REMOTE], description=HTML),
    _job(104, "Data Engineer", "ENG-104", PLATFORM, [LISBON]),
    _job(105, "Embedded Software Engineer", "ENG-105", ENGINEERING, [TORONTO], copied_from_id=4010001),
    _job(106, "Engineering Manager, Perception", "ENG-106", ENGINEERING, [BERLIN], copied_from_id=4010002),
    _job(107, "Security Engineer", "ENG-107", PLATFORM, [LONDON], status="closed"),
    _job(108, "Machine Learning Engineer", "ENG-108", ENGINEERING, [BERLIN, NEW_YORK], openings=3),
    _job(109, "Staff Engineer", None, ENGINEERING, [REMOTE], is_template=None),
    _job(110, "Hardware Test Technician", "007", OPERATIONS, [TORONTO]),
    _job(111, "Product Manager", "PRD-111", PRODUCT, [BERLIN]),
    _job(112, "Product Manager", "PRD-112", PRODUCT, [NEW_YORK]),
    _job(113, "Product Designer", "DSG-113", DESIGN, [BERLIN], description=HTML),
    _job(114, "UX Researcher", None, DESIGN, [LISBON]),
    _job(115, "Account Executive", "SAL-115", SALES, [LONDON]),
    _job(116, "Account Executive", None, SALES, [NEW_YORK]),
    _job(117, "Account Executive", None, SALES, [TORONTO], status="closed"),
    _job(118, "Sales Development Representative", "SAL-118", SALES, [LONDON, NEW_YORK], openings=5),
    _job(119, "Sales Engineer", "SAL-119", SALES, [BERLIN], is_template=None),
    _job(120, "Sales Enablement Lead", "SAL-120", SALES_ENABLEMENT, [LONDON]),
    _job(121, "Onboarding Trainer", "CS-121", SUCCESS_ENABLEMENT, [LISBON]),
    _job(122, "Customer Success Manager", "CS-122", SUCCESS, [LONDON]),
    _job(123, "Customer Success Manager (German-speaking)", "CS-123", SUCCESS, [BERLIN]),
    _job(124, "Support Engineer — Night Shift", "CS-124", SUCCESS, [TORONTO]),
    _job(125, "Field Service Technician", "OPS-125", OPERATIONS, [NEW_YORK], openings=12),
    _job(126, "Warehouse Operator", "OPS-126", OPERATIONS, [BERLIN], status="closed"),
    _job(127, "Supply Chain Analyst", "OPS-127", OPERATIONS, [LISBON], status="draft"),
    _job(128, 'Robot Wrangler 🤖 "Level 9"', "OPS-128", OPERATIONS, [BERLIN]),
    _job(129, "مدير المبيعات", "SAL-129", SALES, [LONDON]),
    _job(130, "Ingénieur·e qualité <QA> & essais", "ENG-130", ENGINEERING, [REMOTE]),
    _job(131, "Brand Designer", "MKT-131", MARKETING, [BERLIN]),
    _job(132, "Content Marketing Manager", "MKT-132", MARKETING, [REMOTE], status="draft"),
    _job(133, "Event Manager", None, MARKETING, [LONDON], status="closed", is_template=None),
    _job(134, "People Partner", "PPL-134", PEOPLE, [BERLIN]),
    _job(135, "Talent Acquisition Partner", "PPL-135", PEOPLE, [LISBON], recruiters=[MARTA, TOM]),
    _job(136, "Payroll Specialist", "FIN-136", FINANCE, [LISBON]),
    _job(137, "Legal Counsel", "FIN-137", FINANCE, [NEW_YORK], description=None),
    _job(138, "Chief Financial Officer", "FIN-138", FINANCE, [NEW_YORK], confidential=True),
    _job(139, "Office Manager", "PPL-139", PEOPLE, [TORONTO], status="closed"),
    _job(140, "Speculative Application", None, None, [], openings=0, hiring_managers=[], recruiters=[]),
)

_ROLES = (
    *(
        ("Account Manager", "SAL", SALES),
        ("Renewals Manager", "SAL", SALES),
        ("Pricing Analyst", "SAL", SALES),
    ),
    *(("Accountant", "FIN", FINANCE), ("Controller", "FIN", FINANCE), ("Contract Manager", "FIN", FINANCE)),
    *(("Android Developer", "ENG", ENGINEERING), ("Test Engineer", "ENG", ENGINEERING)),
    *(("Firmware Engineer", "ENG", ENGINEERING), ("Database Administrator", "ENG", PLATFORM)),
    *(("Network Engineer", "ENG", PLATFORM), ("Release Manager", "ENG", PLATFORM)),
    *(("Technical Writer", "PRD", PRODUCT), ("Product Analyst", "PRD", PRODUCT)),
    *(("Interaction Designer", "DSG", DESIGN), ("Illustrator", "DSG", DESIGN)),
    *(("Copywriter", "MKT", MARKETING), ("Press Officer", "MKT", MARKETING)),
    *(("HR Generalist", "PPL", PEOPLE), ("Learning Manager", "PPL", PEOPLE)),
    *(
        ("Buyer", "OPS", OPERATIONS),
        ("Fleet Coordinator", "OPS", OPERATIONS),
        ("Shift Lead", "OPS", OPERATIONS),
    ),
    *(("Help Desk Agent", "CS", SUCCESS), ("Implementation Consultant", "CS", SUCCESS)),
)
_LEVELS = ("", "Senior ", "Lead ", "Principal ")


def ordinary_job(place: int, company: int) -> Document:
    """Return the job in that place, counted from 0; of one company no two have a name or a code in common."""
    turn, role = divmod(place, len(_ROLES))
    title, prefix, department = _ROLES[(role + 7 * company) % len(_ROLES)]
    round_, level = divmod(turn, len(_LEVELS))
    name = f"{_LEVELS[level]}{title}" + (f", Team {round_ + 1}" if round_ else "")
    office = BERLIN + (place + company) % 6
    return _job(101 + place, name, f"{prefix}-{101 + place}", department, [office])
