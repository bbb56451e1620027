"""The order of events in one moment, and which touchpoint and stage an event gets."""

from __future__ import annotations

from pathlib import Path

from tests.support.projects import Project, published, row, settings, source

MOMENT = "03-01 10:00:00"


def test_one_moment_is_ordered_by_kind_source_sequence_line_and_id(tmp_path: Path) -> None:
    rows = {
        # Settings order: shop before site. Lines: as they stand.
        "shop": [
            row("anna", MOMENT, "b", id="z", touchpoint="shop line 1"),
            row("anna", MOMENT, "last", id="y", touchpoint="unlisted kind"),
        ],
        "site": [
            row("anna", MOMENT, "b", id="x", touchpoint="no sequence, line 1"),
            row("anna", MOMENT, "b", id="w", touchpoint="sequence 2", seq=2),
            row("anna", MOMENT, "b", id="v", touchpoint="sequence 1", seq=1),
            row("anna", MOMENT, "a", id="u", touchpoint="first kind"),
            row("anna", MOMENT, "b", id="t", touchpoint="no sequence, line 5"),
        ],
    }
    project = published(tmp_path, rows, journeys={"kind_order": ["a", "b"]})
    assert project.rows("journeys")[0]["path"] == [
        "first kind", "shop line 1", "sequence 1", "sequence 2", "no sequence, line 1",
        "no sequence, line 5", "unlisted kind",
    ]  # fmt: skip
    # Only the two without a sequence were told apart by their lines.
    assert project.rows("runs")[0]["tied_events"] == 2


def test_the_id_decides_between_two_files_of_a_source(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for file, id in (("1", "b"), ("2", "a")):
        project.write(f"exports/site/{file}.csv", [row("anna", MOMENT, id, id=id)])
    assert project.run().counts["tied_events"] == 2
    assert project.rows("journeys")[0]["path"] == ["a", "b"]


VISIT = {"kind": "page_view", "path": "/catalog/*"}
RULES = [
    {"name": "Sale item", "when": VISIT | {"attributes.plan": "pro"}},
    {"name": "Catalogue", "stage": "consideration", "when": VISIT},
    {"name": "Never", "when": VISIT},
]
PAGES = """id,ts,kind,cookie,url,touchpoint,stage,plan
1,2025-03-01T10:00:00Z,page_view,anna,https://shop.example/catalog/a?x=1,mapped,,pro
2,2025-03-01T10:01:00Z,page_view,anna,/catalog/b,mapped,,
3,2025-03-01T10:02:00Z,page_view,anna,/catalog,mapped,purchase,
4,2025-03-01T10:03:00Z,page_view,anna,https://shop.example/About/us,,nonsense,
5,2025-03-01T10:04:00Z,Page View,anna,/order42/thanks,,,
6,2025-03-01T10:05:00Z,page_view,anna,https://shop.example,,,
7,2025-03-01T10:06:00Z,form,anna,/about/us,,,
8,2025-03-01T10:07:00Z,purchase,anna,,,,
9,2025-03-01T10:08:00Z,page_view,anna,,,,
"""


def test_the_touchpoint_of_an_event_and_its_stage(tmp_path: Path) -> None:
    site = source() | {"identifiers": {"cookie": "cookie"}, "attributes": {"plan": "plan"}}
    site["columns"] = {
        each: {"event_id": "id", "occurred_at": "ts"}.get(each, each)
        for each in ("event_id", "occurred_at", "kind", "url", "touchpoint", "stage")
    }
    tables = {"touchpoints": RULES,
              "journeys": {"conversions": ["purchase"]},
              "stages": [{"name": "consideration"}, {"name": "purchase"}]}  # fmt: skip
    project = Project(tmp_path, settings(site, **tables))
    project.write("exports/site/1.csv", PAGES)
    project.run()
    events = project.query("from events order by event_id")
    assert [(each["touchpoint"], each["stage"]) for each in events] == [
        ("Sale item", None),
        ("Catalogue", "consideration"),
        ("mapped", "purchase"),
        ("/About", None),
        ("/:id", None),
        ("/", None),
        ("form", None),
        ("purchase", "purchase"),
        ("page_view", None),
    ]
    steps = project.query("select count(*) as n from steps where stage is null")
    assert steps[0]["n"] == 6  # unmapped, and never dropped
    assert project.rows("journeys")[0]["attributes"] == {"plan": "pro"}
