{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The ranges of term and of amount by which each regime groups loans, as in force on the day. Ranges of a kind do not overlap.
select
    band.regime,
    band.band_kind,
    band.band_code,
    {{ in_force('band.from_value') }} as band_from_value,
    {{ in_force('band.to_value') }} as band_to_value
from (
    {% for regime in var('regimes') %}
    -- A range without an end ends above any term or amount.
    select '{{ regime }}' as regime, band_kind, band_code, from_value, coalesce(to_value, 9999999999999999.99) as to_value, valid_from
    from {{ ref(regime ~ '_loan_bands') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
) as band
where band.valid_from <= as_of_on
group by band.regime, band.band_kind, band.band_code
