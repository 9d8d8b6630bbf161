"""Figures are in a snapshot where the guide says: every column, every segment, and which figures the command shows."""

from __future__ import annotations

from glassbook.catalogue.guide import (
    equal_figures,
    is_whole,
    load_relations,
    load_topics,
    places_of,
    places_of_figure,
    segments_of,
    tells_by_code,
)
from glassbook.snapshots import Snapshot, connect
from tests.support.built import columns_of


def test_every_place_is_in_the_snapshot(small_snapshot: Snapshot) -> None:
    columns = columns_of(small_snapshot)
    places = [tuple(place.split(".")) for topic in load_topics() for place in places_of(topic)]
    assert len(places) > 250
    assert [place for place in places if place[1] not in columns.get(place[0], {})] == []
    assert [(name, key) for name, relation in load_relations().items() for key in relation.told_by if key not in columns[name]] == []


def test_segments_are_those_of_the_figures(small_snapshot: Snapshot) -> None:
    told = {(figure.code, kind) for topic in load_topics() for section, figure in topic.figures() for kind in segments_of(section, figure)}
    with connect(small_snapshot.database) as connection:
        found = set(
            connection.execute("select distinct code, segment_kind from rpt_operations_segments where segment_kind <> 'total'").fetchall()
        )
    assert len(found) > 300 and found == told


def test_the_command_shows_what_the_guide_says(small_snapshot: Snapshot) -> None:
    """The guide names a table of codes for a figure exactly when that table has it."""
    told = {
        (place.partition(".")[0], figure.code)
        for topic in load_topics()
        for section, figure in topic.figures()
        for place in places_of_figure(section, figure)
        if tells_by_code(place.partition(".")[0]) and is_whole(place)
    }
    relations = {relation for relation, _ in told}
    with connect(small_snapshot.database) as connection:
        found = {(name, code) for name in relations for (code,) in connection.execute(f"select distinct code from {name}").fetchall()}
    assert len(relations) == 4 and len(found) > 120 and found == told


def test_figures_that_are_said_to_be_equal_are_so_on_every_stored_day(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        rows = connection.execute(
            "select as_of_on, code, value from rpt_operations_totals union all select as_of_on, code, value from rpt_marketing_figures "
            "union all select as_of_on, code, value from rpt_cn_figures"
        ).fetchall()
    values = {(day, code): value for day, code, value in rows}
    compared = [(day, one, other) for day, code in values for one, other in equal_figures() if one == code and (day, other) in values]
    assert len(equal_figures()) > 30 and {one for _, one, _ in compared} == {one for one, _ in equal_figures()}
    assert [pair for pair in compared if values[pair[0], pair[1]] != values[pair[0], pair[2]]] == []
