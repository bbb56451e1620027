from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from journeyflow.errors import SettingsError
from journeyflow.language import words_in
from journeyflow.report import keep_report, write_report
from journeyflow.report.context import Context
from journeyflow.report.period import Period
from journeyflow.report.queries import STAGES
from journeyflow.store import Store, open_store
from tests.support.hostile import HOSTILE
from tests.support.published import ANALYSED, BEGIN, DAY, Journey, visit, write_published

DAY_S = 86_400
MANY = [
    *[visit(f"w{n}", "Home", "Catalogue", "Order", outcome="converted", channels=("Email",))
      for n in range(10)],
    *[visit(f"l{n}", "Home", "Catalogue", outcome="lost") for n in range(20)],
    *[visit(f"m{n}", "Advert", outcome="lost") for n in range(6)],
    *[visit(f"o{n}", "Home", "/unknown") for n in range(4)],
]  # fmt: skip


class Page(HTMLParser):
    """The text, tags and attributes of a page, its scripts apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._inside = ""
        self.feed(html)
        self.text = " ".join(self.text.replace("\u00a0", " ").split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += " " + data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def report(tmp_path: Path, journeys: list[Journey], *days: date | None, **options: Any) -> Page:
    write_published(tmp_path, journeys, analysed=ANALYSED, **options)
    with open_store(tmp_path) as store:
        return report_of(store, tmp_path, *days)


def report_of(store: Store, tmp_path: Path, *days: date | None) -> Page:
    first, last = days or (None, None)
    path = write_report(store, tmp_path / "out" / "r.html", date_from=first, date_to=last).path
    assert path.stat().st_size < 5_500_000
    assert list(path.parent.iterdir()) == [path]
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of MANY."""
    folder = tmp_path_factory.mktemp("many")
    write_published(folder, MANY, analysed=ANALYSED)
    with open_store(folder) as store:
        yield store


@pytest.fixture(scope="module")
def pages(many: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The report of MANY in each language."""
    return {
        "en": report_of(many, tmp_path_factory.mktemp("en")),
        "ru": report(tmp_path_factory.mktemp("ru"), MANY, language="ru"),
    }


@pytest.fixture(scope="module")
def page(pages: dict[str, Page]) -> Page:
    return pages["en"]


def test_the_headline_and_the_tables_say_the_same_numbers(page: Page) -> None:
    assert "10 of 40 journeys (25%) have converted so far." in page.text
    # 20 leave at consideration, 6 at awareness; the other 34 of 40 go on from there or are open.
    assert "at the stage consideration: 20 of 30 (67%) end there." in page.text
    assert "Most of these leave after Catalogue." in page.text
    assert "Converted: 10 (25%); Lost: 26 (65%); Open: 4 (10%)." in page.text
    assert "consideration not assigned 30 0 10 20 0 33%" in page.text
    assert "4 events of 84 that belong to journeys have no stage." in page.text
    assert "Email 10 10 10 1,000 ₽" in page.text
    # Of 26 that are lost 20 are lost at Catalogue, where 30 journeys were.
    assert "Catalogue not assigned 30 20 77%" in page.text
    assert "The weakest link is Catalogue: if a fifth of those lost there went on" in page.text


def test_in_russian(pages: dict[str, Page]) -> None:
    page = pages["ru"]
    assert "Конверсией пока завершено 10 из 40 путей (25 %)." in page.text
    assert "на этапе «consideration»: там заканчиваются 20 из 30 (67 %)." in page.text
    assert ("html", {"lang": "ru"}) in page.tags


def test_the_period_holds_local_days_and_is_said_above_every_figure(tmp_path: Path) -> None:
    moments = {
        "before": datetime(2026, 9, 30, 20, 59, 59, tzinfo=UTC),
        "first": datetime(2026, 9, 30, 21, 0, tzinfo=UTC),  # midnight in Moscow
        "last": datetime(2026, 10, 2, 20, 59, 59, tzinfo=UTC),
        "after": datetime(2026, 10, 2, 21, 0, tzinfo=UTC),
    }
    told = [visit(name, "Home", outcome="lost", began=at) for name, at in moments.items()]
    page = report(tmp_path, told, date(2026, 10, 1), date(2026, 10, 2))
    scope = "Journeys begun 1 Oct 2026 – 2 Oct 2026 · 2 journeys"
    # The page, the paths, the stages, the losses; nobody converted.
    assert page.text.count(scope) == 4
    assert "at the stage awareness: 2 of 2 end there" in page.text
    assert "Conversions and costs of 10.2026; credit is kept by whole months." in page.text
    assert "the period does not apply" in page.text


def test_credit_of_a_period_is_that_of_its_months(tmp_path: Path) -> None:
    told = [
        visit(str(n), "Order", outcome="converted", channels=("Email",), began=BEGIN + n * 31 * DAY)
        for n in range(4)  # 1 October, 1 November, 2 December, 2 January
    ]
    page = report(tmp_path, told, date(2026, 11, 15), date(2026, 12, 31))
    assert "Conversions and costs of 11.2026 – 12.2026" in page.text
    assert "2 credited conversions" in page.text
    assert "parts of months" in page.text


def test_a_period_over_everything_repeats_the_published_stages(many: Store) -> None:
    everything = Period(date(2020, 1, 1), None, "Europe/Moscow")
    ctx = Context(many, everything, words_in("en"), {})
    counted, published = ctx.journeys.query(STAGES), ctx.frame(STAGES)
    columns = ["stage", "entered", "started_here", "advanced", "lost", "open", "wait_median_s",
               "exit_touchpoint"]  # fmt: skip
    assert counted[columns].to_csv() == published[columns].to_csv()


def buyers(*lengths: int) -> list[Journey]:
    """Converted journeys of so many steps, the conversion in the last."""
    return [
        visit(f"b{n}", *("Home", "Call") * (length // 2), *["Order"] * (length % 2),
              outcome="converted")
        for n, length in enumerate(lengths)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lengths", "steps"),
    [
        ((1, 2, 3, 4, 9), 5),  # four of five within four steps; fewer than five are not shown
        ((1, 2, 3, 6, 9), 6),  # four of five within six
        ((1, 2, 3, 7, 9), 7),
        ((1, 2, 3, 8, 9), 7),  # for eight the page has no room
        ((), 5),
    ],
)
def test_as_many_steps_as_show_most_conversions(
    tmp_path: Path, lengths: tuple[int, ...], steps: int
) -> None:
    page = report(tmp_path, [*MANY[10:], *buyers(*lengths), visit("long", *"abcdefghijk")])
    assert f"after at most {steps} steps" in page.text


def test_conversions_beyond_the_picture_are_counted_and_their_last_steps_shown(
    tmp_path: Path,
) -> None:
    write_published(tmp_path, [*MANY[10:], *buyers(3, 4, 6)], analysed=ANALYSED)
    pages = {}
    with open_store(tmp_path) as store:
        for steps in (3, 6):
            written = write_report(store, tmp_path / f"{steps}.html", steps=steps)
            assert written.journeys == 33
            pages[steps] = Page(written.path.read_text("utf-8")).text
    assert "Conversions within 3 steps: 1 of 3. Later: 2, in the picture among" in pages[3]
    assert (
        "The last steps of 3 journeys that converted, 3 at most. "
        "Step −1 is most often Call (2 of 3); 2 had more steps than shown." in pages[3]
    )
    assert "Conversions within" not in pages[6]
    assert "Call (2 of 3); 0 had more steps than shown." in pages[6]


def test_a_period_that_ends_before_it_begins(many: Store, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="before it begins"):
        report_of(many, tmp_path, date(2026, 10, 2), date(2026, 10, 1))


def test_a_period_may_reach_to_both_ends_of_the_calendar(page: Page, tmp_path: Path) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        (tmp_path / zone).mkdir(parents=True)
        found = report(tmp_path / zone, MANY, date.min, date.max, timezone=zone)
        assert found.count("tr") == page.count("tr")
        assert "10 of 40 journeys (25%) have converted so far." in found.text


def test_a_report_replaces_nothing_but_a_report(many: Store, tmp_path: Path) -> None:
    (tmp_path / "journeyflow.toml").write_text("mine")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "link.html").symlink_to(tmp_path / "journeyflow.toml")
    os.mkfifo(tmp_path / "pipe.html")
    for name in ("journeyflow.toml", "report", "folder.html", "link.html", "pipe.html"):
        with pytest.raises(SettingsError, match=name):
            write_report(many, tmp_path / name)
    assert (tmp_path / "journeyflow.toml").read_text() == "mine"
    assert (tmp_path / "link.html").is_symlink()
    assert not (tmp_path / "report").exists()


def test_a_period_without_a_journey_leaves_the_latest_report(many: Store, tmp_path: Path) -> None:
    latest = keep_report(many, tmp_path).path
    before = latest.read_bytes()
    empty = keep_report(many, tmp_path, date_from=date(2030, 1, 1)).path
    assert latest == tmp_path / "reports" / "latest" / "report.html"
    assert latest.read_bytes() == before
    assert empty != latest
    assert "No journeys in this period" in empty.read_text("utf-8")


def test_no_journeys_yet(tmp_path: Path) -> None:
    page = report(tmp_path, [], observed_until=datetime(1970, 1, 1, tzinfo=UTC))
    assert "No journeys yet" in page.text
    assert "1970" not in page.text
    assert page.scripts == []


def test_no_journeys_in_the_period(many: Store, tmp_path: Path) -> None:
    page = report_of(many, tmp_path, date(2025, 1, 1), date(2025, 1, 31))
    assert "No journeys in this period The store holds 40 journeys outside it." in page.text


def test_few_journeys_are_counts_and_never_percentages(tmp_path: Path) -> None:
    page = report(tmp_path, MANY[:3])
    assert "3 of 3 journeys have converted so far." in page.text
    assert "%" not in page.text.replace("95% interval", "")


def test_what_was_set_aside_is_shown(tmp_path: Path) -> None:
    twice = {"source": "site", "file": "site/1.csv", "rows_used": 5, "duplicates": 2, "skipped": 1}
    page = report(tmp_path, MANY, extra={
        "files": [twice | {"rows_read": 11, "rejects": 3}, twice | {"rows_read": 8, "rejects": 0}],
        "rejects": [{"source": "site", "file": "site/1.csv", "line": n, "column": "occurred_at",
                     "reason": "not a time"}
                    for n in (9, 7, 8)],
        "skipped": [{"source": "site", "file": "site/1.csv", "reason": "totals row", "rows": 1}],
        "source_overlap": [
            {"source": a, "other_source": b, "persons": 40, "shared_persons": n}
            for a, b, n in [("site", "site", 40), ("site", "crm", 10), ("crm", "crm", 12),
                            ("crm", "site", 10)]
        ],
        "reconciliation": [{"rule": "rows of site/1.csv", "left_value": 11, "right_value": 11,
                            "holds": True}],
    })  # fmt: skip
    assert "site 1 19 10 4 3 2 0" in page.text  # one file, delivered in two versions
    assert "occurred_at not a time site 3 site/1.csv, row 7" in page.text
    assert "totals row site 1 site/1.csv" in page.text
    assert "/unknown 4 4" in page.text
    assert "crm 12 10 site 10 (25%) 40" in page.text
    assert "Every rule holds (2 rules checked)" in page.text


def test_published_figures_that_moved_are_shown_with_the_reports_that_hold_the_former_ones(
    tmp_path: Path,
) -> None:
    def moved(run: int, day: int, figure: str, by: float, *reports: str) -> dict[str, object]:
        return {
            "run_id": f"{run:06}", "restated_at": BEGIN + run * DAY, "day": date(2026, 9, day),
            "figure": figure, "reason": "late rows", "published": 10, "moved": by,
            "reports": list(reports),
        }  # fmt: skip

    moves = [
        moved(1, 1, "conversions", 2, "2026-09-04"),
        moved(1, 2, "conversions", 3, "2026-09-04", "2026-09-03"),
        moved(1, 5, "conversions", -1),
        moved(1, 2, "value", 5000.4, "2026-09-03"),
        moved(2, 7, "cost", -70),
        moved(3, 7, "cost", 1, *(f"2026-09-0{n}" for n in range(1, 6))),
    ]
    files = [{"source": "site", "file": "site/1.csv", "rows_read": 1}]

    def shown(name: str, rows: list[dict[str, object]], language: str = "en") -> str:
        extra = {"restatements": rows, "files": files}
        folder = tmp_path / name
        return report(folder, MANY, extra=extra, language=language, timezone="UTC").text

    said = shown("en", moves)
    assert "– 2026-09-01, 2026-09-02, 2026-09-03 and 2 more 3 Oct 2026" in said
    assert "3 Oct 2026, 09:00 Cost late rows 7 Sep 2026 – −70 ₽ – 2 Oct 2026, 09:00 Conver" in said
    both = "3, from 1 Sep 2026 to 5 Sep 2026 +5 −1 2026-09-03, 2026-09-04"
    assert f"09:00 Conversions late rows {both} 2 Oct 2026, 09:00 Value late rows" in said
    assert "Value late rows 2 Sep 2026 +5,000 ₽ – 2026-09-03" in said
    assert "Конверсии строки пришли позже 3, с 1 сент. 2026 по 5 сент. 2026 +5 −1" in shown(
        "ru", moves, "ru"
    )
    assert "Published figures that moved" not in shown("none", [])
    many = shown("many", [moved(run, 1, "cost", 1) for run in range(23)])
    assert (many.count(" Cost late rows "), "and 3 more" in many) == (20, True)


def test_who_waits_for_an_answer_and_what_sooner_ones_might_change(tmp_path: Path) -> None:
    """Of 30 who asked 24 were answered after two hours, of whom 18 went on; 6 were lost."""
    asked = [
        visit(f"a{n}", "Home", "Form", outcome="lost" if n >= 24 else "open") for n in range(30)
    ]
    waits = [
        {
            "person_id": each.person, "journey_id": each.journey_id, "waits_for": "answer",
            "event_number": 2, "touchpoint": "Form", "began_at": each.began,
            **(
                {"answered_at": each.began + timedelta(hours=2), "answered_by": "company",
                 "wait_s": 7200.0, "went_on": n < 18}
                if n < 24 else {}
            ),
        }
        for n, each in enumerate(asked)
    ]  # fmt: skip
    page = report(tmp_path, asked, extra={"company_waits": waits}, lost_after_s=14 * DAY_S)
    # After two hours 6 still wait, too few to be told of. All of them gave a sign an hour after
    # they had asked, so within that hour all 30 would have been answered; 18 of 24 is 75%.
    assert "Form an answer 30 2 h 80% 63% – 90% 20% 1 h 100% – 100% – 75%" in page.text


def test_how_many_of_those_called_lost_come_back_is_said_of_half_and_of_double(
    tmp_path: Path,
) -> None:
    def told(folder: str, *known: tuple[int, float | None]) -> str:
        rows = [{"day": day, "come_back": share} for day, share in known]
        return report(
            tmp_path / folder, MANY, extra={"silences": rows}, lost_after_s=14 * DAY_S
        ).text

    assert (
        "A silence of 14 d counts as a loss, though of customers silent so long 6.2% still come "
        "back, as far as the data tells. After half of that, 7 d, it is 12%; after double, 28 d, –."
    ) in told("known", (7, 0.12), (14, 0.062), (20, 0.02), (28, None))
    assert "silence of 14 d counts" not in told("unknown", (7, 0.12), (14, None))


def test_one_source_has_nothing_to_join(tmp_path: Path) -> None:
    alone = [{"source": "site", "other_source": "site", "persons": 40, "shared_persons": 40}]
    page = report(tmp_path, MANY, extra={"source_overlap": alone})
    assert "All 40 persons come from one source, site" in page.text
    assert "site 40" not in page.text


def test_events_outside_journeys_stand_under_their_reason(tmp_path: Path) -> None:
    def event(**told: object) -> dict[str, object]:
        return {
            "source": "crm",
            "is_bot": False,
            "participates": False,
            "occurred_at": BEGIN,
        } | told

    ann = {"person_id": "ann"}
    page = report(tmp_path, MANY, extra={
        "files": [{"source": "site", "file": "1.csv", "rows_read": 1}],
        "events": [
            event(is_bot=True), event(is_bot=True, source="site"), event(), event(),
            event(**ann, participates=True),
            event(**ann, occurred_at=datetime(2099, 1, 1, tzinfo=UTC)),
            event(**ann), event(**ann), event(**ann),
        ],
    })  # fmt: skip
    steps = sum(len(each.path) for each in MANY)
    assert (
        "In journeys Of bots Tell nobody apart Company’s, outside a journey Later than judged "
        f"Excluded by settings crm 8 0 1 2 1 1 3 site {steps + 1} {steps} 1 0 0 0 0 "
        f"Total {steps + 9} {steps} 2 2 1 1 3 "
    ) in page.text
    (tmp_path / "all").mkdir()
    files = [{"source": "site", "file": "1.csv", "rows_read": 1}]
    assert (
        "Every event is in a journey."
        in report(tmp_path / "all", MANY, extra={"files": files}).text
    )


@pytest.mark.parametrize(
    ("language", "heading"),
    [("en", "What to know about this run"), ("ru", "Что нужно знать об этом запуске")],
)
@pytest.mark.parametrize("files", [[], [{"source": "site", "file": "1.csv", "rows_read": 1}]])
def test_what_a_run_warned_of_stands_before_the_tables_of_files(
    pages: dict[str, Page],
    tmp_path: Path,
    language: str,
    heading: str,
    files: list[dict[str, Any]],
) -> None:
    warnings = [{"warning": "source crm is late"}, {"warning": "<b>adverts</b> is late"}]
    page = report(tmp_path, MANY, language=language, extra={"warnings": warnings, "files": files})
    assert f"{heading} <b>adverts</b> is late source crm is late " in page.text
    if files:
        assert page.text.index("source crm is late") < page.text.index("site 1 1")
    assert heading not in pages[language].text


def test_a_rule_that_does_not_hold_is_an_alarm(tmp_path: Path) -> None:
    broken = {"rule": "a = b", "left_value": 1, "right_value": 2.5, "holds": False}
    page = report(tmp_path, MANY, extra={"reconciliation": [broken]})
    assert "1 of 2 rules do not hold" in page.text
    assert "a = b 1 2.50 ✕ no" in page.text


def test_the_page_asks_nobody_and_runs_only_its_own_scripts(page: Page) -> None:
    policy = next(a["content"] for t, a in page.tags if "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none';")
    hashes = re.findall(r"'sha256-([^']+)'", policy)
    assert hashes == [
        base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in page.scripts
    ]
    for tag, attributes in page.tags:
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")]


def test_the_page_can_be_read_without_seeing_it(page: Page) -> None:
    assert (page.count("h1"), page.count("main")) == (1, 1)
    assert page.count("caption") == page.count("table") >= 5
    assert all(a.get("scope") in ("col", "row") for tag, a in page.tags if tag == "th")
    pictures = [a for _, a in page.tags if a.get("role") == "img"]
    assert len(pictures) == 5
    assert all(len(a["aria-label"] or "") > 40 for a in pictures)
    names = [a["id"] for _, a in page.tags if "id" in a]
    assert len(names) == len(set(names))
    assert {a["href"] for tag, a in page.tags if tag == "a"} <= {f"#{name}" for name in names}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_strangers_wrote_is_only_text(tmp_path: Path, language: str) -> None:
    told = [
        visit(f"p{n}", "Home", text, outcome="lost", channels=(text,))
        for n, text in enumerate(HOSTILE)
    ]
    told += [visit(f"c{n}", text, outcome="converted", channels=(text,))
             for n, text in enumerate(HOSTILE)]  # fmt: skip
    odd = HOSTILE[0]
    page = report(
        tmp_path, told, language=language, name=odd, timezone="UTC", version=odd, currency=odd,
        stages={odd: odd, **dict.fromkeys(HOSTILE[1:])},
        touchpoints={"Home": odd, **dict.fromkeys(HOSTILE, HOSTILE[2])},
        extra={
            "files": [{"source": odd, "file": odd, "rows_read": 1}],
            "rejects": [{"source": odd, "file": odd, "line": 1, "reason": odd}],
            "skipped": [{"source": odd, "file": odd, "reason": odd, "rows": 1}],
            "source_overlap": [{"source": odd, "other_source": odd, "shared_persons": 1}],
            "warnings": [{"warning": odd}],
            "restatements": [{"run_id": odd, "restated_at": BEGIN, "day": BEGIN.date(),
                              "figure": "cost", "reason": odd, "moved": 1, "reports": [odd]}],
            "reconciliation": [{"rule": odd, "left_value": 0, "right_value": 0, "holds": True}],
        },
    )  # fmt: skip
    assert not {"img", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    assert not [a for tag, a in page.tags if tag == "a" and not (a["href"] or "").startswith("#")]
    assert len(page.scripts) == 6  # plotly, four figures, printing
    assert not any(re.search(r"<(script|img|a )", script) for script in page.scripts[1:])
    assert odd in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert not set(page.text) & set("\u202e\u2066\x00\x1b")
