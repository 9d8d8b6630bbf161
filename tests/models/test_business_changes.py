"""What drives a change of an operating figure, on a simulated platform against the formula of the specification."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from glassbook.snapshots import Snapshot, connect
from tests.support.built import FIRST, LAST


@pytest.mark.parametrize("code", ["OP-C03", "OP-C04", "OP-F09"])
def test_effects_are_their_formula_and_add_up(small_snapshot: Snapshot, code: str) -> None:
    """The formula of the specification with fractions, on the numerators and denominators of the two days."""
    before, after = date(2018, 12, 31), LAST
    assert before > FIRST
    with connect(small_snapshot.database) as connection:
        parts = "select as_of_on, segment_kind, segment_id, numerator, denominator from rpt_operations_segments "
        parts += "where code = ? and as_of_on in (?, ?)"
        stored = {
            (day, kind, name): (Fraction(n), Fraction(d))
            for day, kind, name, n, d in connection.execute(parts, [code, before, after]).fetchall()
        }
        query = "select segment_kind, segment_id, rate_effect_value, mix_effect_value, effect_value "
        query += "from rpt_operations_changes_between(cast(? as date), cast(? as date)) where code = ?"
        shown = connection.execute(query, [before, after, code]).fetchall()
    nothing = (Fraction(0), Fraction(0))
    (n0, d0), (n1, d1) = stored[before, "total", "all"], stored[after, "total", "all"]
    r0, r1 = 100 * n0 / d0, 100 * n1 / d1
    sums: dict[str, Decimal] = {}
    moved = 0
    for kind, name, rate_effect, mix_effect, effect in shown:
        (a0, b0), (a1, b1) = stored.get((before, kind, name), nothing), stored.get((after, kind, name), nothing)
        w0, w1 = b0 / d0, b1 / d1
        own1 = 100 * a1 / b1 if b1 else (100 * a0 / b0 if b0 else Fraction(0))
        own0 = 100 * a0 / b0 if b0 else own1
        expected = (own1 - own0) * (w0 + w1) / 2, (w1 - w0) * ((own0 + own1) / 2 - (r0 + r1) / 2)
        assert abs(Fraction(rate_effect) - expected[0]) < Fraction(1, 10_000), (kind, name)
        assert abs(Fraction(mix_effect) - expected[1]) < Fraction(1, 10_000), (kind, name)
        assert effect == rate_effect + mix_effect
        sums[kind] = sums.get(kind, Decimal(0)) + effect
        moved += effect != 0
    assert len(sums) >= 8 and moved > 20
    assert {kind: total for kind, total in sums.items() if abs(Fraction(total) - (r1 - r0)) > Fraction(1, 20_000)} == {}
    assert len(set(sums.values())) == 1


def test_changes_of_amounts_are_the_segments_own(small_snapshot: Snapshot) -> None:
    query = f"""
        select sum(effect_value), any_value(whole.change)
        from rpt_operations_changes_between(date '2018-12-31', date '{LAST}') as part
        cross join (
            select max(value) filter (as_of_on = '{LAST}') - max(value) filter (as_of_on = '2018-12-31') as change
            from rpt_operations_segments where code = 'OP-A01' and segment_kind = 'total'
        ) as whole
        where part.code = 'OP-A01'
        group by part.segment_kind
    """
    with connect(small_snapshot.database) as connection:
        found = connection.execute(query).fetchall()
    assert len(found) == 10 and all(total == change != 0 for total, change in found)
