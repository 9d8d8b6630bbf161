"""The platform's days: how many listings and registrations each brings, from growth, weekday, season and festivals.

Whole-number arithmetic throughout, so that listing number k always falls on the same day for the same seed and size.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import blake2b

from simulator.campaigns import Campaign, campaign_on
from simulator.frame import Frame
from simulator.plan import LOOK_AHEAD_DAYS, SALE_DAYS, Plan, local_seconds

# Listings of one chunk stay in memory together; the size bounds memory and never depends on the machine.
CHUNK_LISTINGS = 50_000
# People register from the first day on; the first listings follow when there are lenders.
DAYS_WITHOUT_LISTINGS = 3
# Monday to Sunday, and January to December, in per cent of a plain day.
WEEKDAYS = (100, 106, 105, 104, 102, 72, 64)
MONTHS = (98, 94, 104, 100, 101, 104, 97, 98, 102, 92, 106, 104)
SPRING_FESTIVALS = (
    date(2014, 1, 31), date(2015, 2, 19), date(2016, 2, 8), date(2017, 1, 28), date(2018, 2, 16), date(2019, 2, 5),
    date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
)  # fmt: skip


_TYPES = {
    "day_no": "BIGINT",
    "day_on": "DATE",
    "day_s": "BIGINT",
    "chunk": "BIGINT",
    "listings_before": "BIGINT",
    "listings": "BIGINT",
    "registrants_before": "BIGINT",
    "registrants": "BIGINT",
    "campaign_id": "BIGINT",
    "campaign_registrants_before": "BIGINT",
    "campaign_registrants": "BIGINT",
}


def _festival(day: date) -> int:
    for festival in SPRING_FESTIVALS:
        distance = (day - festival).days
        if -2 <= distance <= 6:
            return 30
        if -9 <= distance < -2 or 6 < distance <= 12:
            return 75
    return 45 if (day.month, day.day) in ((10, 1), (10, 2), (10, 3), (5, 1), (1, 1)) else 100


def _weight(plan: Plan, day: date) -> int:
    grown = (plan.grown_on - plan.start).days
    number = (day - plan.start).days
    # From three tenths of its later size at the start to all of it after the months of growth.
    level = 300 + 700 * min(number, grown) // grown
    noise = 94 + blake2b(f"{plan.seed}:{number}".encode(), digest_size=2).digest()[0] % 13
    return level * WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * _festival(day) * noise


def day_table(plan: Plan, campaigns: list[Campaign]) -> Frame:
    """One row per day from the start to years after the horizon, with running counts of listings and people.

    Days without a chunk only give the number of future lenders.
    Listings of the months of growth add up to exactly `plan.loans`.
    """
    people_until = plan.end + timedelta(days=LOOK_AHEAD_DAYS)
    last = max(people_until + timedelta(days=SALE_DAYS), plan.grown_on)
    days = [plan.start + timedelta(days=i) for i in range((last - plan.start).days + 1)]
    weights = [_weight(plan, day) for day in days]
    grown = (plan.grown_on - plan.start).days
    total = sum(weights[DAYS_WITHOUT_LISTINGS:grown])
    everyone = sum(weights[:grown])
    registered_at_first = 60 + plan.loans // 50

    rows: list[dict[str, int | date | None]] = []
    listed_weight = registered_weight = listings = registrants = brought = 0
    for number, (day, weight) in enumerate(zip(days, weights, strict=True)):
        listed_weight += weight if number >= DAYS_WITHOUT_LISTINGS else 0
        registered_weight += weight
        # Six people register to lend for every five listings.
        registrants_after = registered_at_first + 6 * plan.loans * registered_weight // (5 * everyone)
        listings_after = plan.loans * listed_weight // total
        campaign = campaign_on(campaigns, day)
        extra = (registrants_after - registrants) * campaign.boost // 100 if campaign and number else 0
        row: dict[str, int | date | None] = {
            "day_no": number,
            "day_on": day,
            "day_s": local_seconds(day),
            "chunk": listings // CHUNK_LISTINGS if day <= people_until else None,
            "listings_before": listings,
            "listings": listings_after - listings,
            "registrants_before": registrants,
            "registrants": registrants_after - registrants,
            "campaign_id": campaign.campaign_id if campaign else None,
            "campaign_registrants_before": brought,
            "campaign_registrants": extra,
        }
        rows.append(row)
        listings, registrants, brought = listings_after, registrants_after, brought + extra
    return Frame(_TYPES, rows)
