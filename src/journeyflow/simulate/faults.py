"""What is wrong in the company and in its exports, as numbers that the story and lenses read.

`PLANTED` and `NONE` differ in values only, so the same code tells both companies, and a person
whose luck no fault touches lives the same life in each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Faults:
    """One value per fault; shares are of 1, waits are medians in days.

    Business faults bend the true journeys, data faults only what the exports say about them.
    `broken_from`, `late_source_from` and `half_day` are shares of the simulated period. Counts
    (`own_number_deals`, `wrong_visitor_calls`, …) are those of a company of 12,000 persons.
    """

    planted: bool
    # business
    slow_line_wait: float = 2.0
    slow_line_wins: float = 0.31
    monday_missed: float = 0.09
    thursday_missed: float = 0.09
    broken_form_submits: float = 0.19
    second_showroom_mood: tuple[float, ...] = (0.05, 0.15, 0.10, 0.35, 0.35)
    second_showroom_drag: float = 1.0
    telegram_returns_by_brand: float = 0.12
    buyer_returns_by_brand: float = 0.12
    measurement_wait: float = 3.0
    measurement_owned: bool = True
    unlucky_offers: int = 0
    unlucky_wins: int = 0
    # data
    own_number_deals: int = 0
    lag_days: int = 0
    late_source_from: float = 0.0
    half_day: float | None = None
    kiosk_shared: bool = False
    consent_denied: float = 0.0
    counter_blocked: float = 0.0
    anonymous_visitors: float = 0.0
    newsletter_to_all: bool = False
    fast_bots: int = 0
    declared_bots: int = 0
    duplicate_share: float = 0.0
    late_share: float = 0.0
    redelivered_days: int = 0
    wrong_visitor_calls: int = 0
    odd_durations: float = 0.0
    callback_chains: float = 0.0


# Fixed in every company.
USUAL_OFFER_WAIT = 2.0
USUAL_WINS = 0.31
USUAL_MISSED = 0.09
USUAL_SUBMITS = 0.19
USUAL_MOOD = (0.05, 0.15, 0.10, 0.35, 0.35)  # −2 … +2, mean +0.8
BROKEN_FROM = 0.15
BROKEN_SYSTEM = "ios"
# VK is mostly seen on iPhones, with or without faults: that alone makes nothing worse.
IOS_SHARES = {"vk": 0.85, "search_ads": 0.22}
USUAL_IOS_SHARE = 0.30

NONE = Faults(planted=False)
PLANTED = Faults(
    planted=True,
    slow_line_wait=10.5,
    slow_line_wins=0.11,
    monday_missed=0.41,
    thursday_missed=0.105,
    broken_form_submits=0.03,
    second_showroom_mood=(0.55, 0.23, 0.12, 0.07, 0.03),  # mean −1.2
    second_showroom_drag=0.8,
    telegram_returns_by_brand=0.62,
    buyer_returns_by_brand=0.45,
    measurement_wait=9.0,
    measurement_owned=False,
    unlucky_offers=19,
    unlucky_wins=2,
    own_number_deals=214,
    lag_days=4,
    late_source_from=20 / 90,
    half_day=0.58,
    kiosk_shared=True,
    consent_denied=0.10,
    counter_blocked=0.06,
    anonymous_visitors=0.15,
    newsletter_to_all=True,
    fast_bots=4,
    declared_bots=5,
    duplicate_share=0.01,
    late_share=0.03,
    redelivered_days=4,
    wrong_visitor_calls=12,
    odd_durations=0.02,
    callback_chains=0.05,
)
