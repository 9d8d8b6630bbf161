{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The ranges of days past due in the laws of the regimes, as in force on the day. Ranges of a regime may overlap.
select
    band.regime,
    band.band_code,
    {{ in_force('past_due_from_days') }} as past_due_from_days,
    {{ in_force('coalesce(past_due_to_days, ' ~ endless_days() ~ ')') }} as past_due_to_days
from (
    {% for regime in var('regimes') %}
    select '{{ regime }}' as regime, band_code, past_due_from_days, past_due_to_days, valid_from
    from {{ ref(regime ~ '_past_due_bands') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
) as band
where band.valid_from <= as_of_on
group by band.regime, band.band_code
