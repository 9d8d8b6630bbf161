-- How each regime reads its law from one day to another, with the words of fct_portfolio_as_of. Operating figures use the readings of the
-- home regime. Before the first row of a reading the usual one applies. Grain: one row per regime and valid_from.
with
parameters as (
    select * from {{ ref('dim_regime_parameters') }}
),

bounds as (
    select regime, valid_from as begins_on from parameters
    union
    select regime, {{ open_start() }} from parameters
),

read as (
    select
        bounds.regime,
        bounds.begins_on,
        {{ in_force('parameters.value', "parameters.name = 'over_90_amount'") }} as over_90_amount,
        {{ in_force('parameters.value', "parameters.name = 'overdue_rate_base'") }} as overdue_rate_base,
        {{ in_force('parameters.value', "parameters.name = 'count_promotional'") }} as count_promotional
    from bounds
    left join parameters on parameters.regime = bounds.regime and parameters.valid_from <= bounds.begins_on
    group by bounds.regime, bounds.begins_on
)

select
    regime,
    regime = (select home.value from {{ source('control', 'ctl_parameters') }} as home where home.name = 'home_regime') as is_home,
    begins_on as valid_from,
    coalesce(lead(begins_on) over (partition by regime order by begins_on), {{ open_end() }}) as valid_to,
    coalesce(over_90_amount, 'outstanding_principal') as over_90_reading,
    coalesce(overdue_rate_base, 'principal_and_interest') as overdue_rate_base,
    coalesce(count_promotional = 'true', false) as counts_promotional
from read
