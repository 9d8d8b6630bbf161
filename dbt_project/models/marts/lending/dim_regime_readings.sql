-- What each regime reads its law like from one day to another, in the words of fct_portfolio_as_of; operating figures take the readings of the home
-- regime. Before the first row of a reading the usual one holds. Grain: one row a regime and valid_from.
with
parameters as (
    select * from {{ ref('dim_regime_parameters') }}
),

bounds as (
    select regime, valid_from from parameters
    union
    select regime, {{ open_start() }} from parameters
)

select
    bounds.regime,
    bounds.regime = (select home.value from {{ source('control', 'ctl_parameters') }} as home where home.name = 'home_regime') as is_home,
    bounds.valid_from,
    coalesce(lead(bounds.valid_from) over (partition by bounds.regime order by bounds.valid_from), {{ open_end() }}) as valid_to,
    coalesce(max_by(parameters.value, parameters.valid_from) filter (where parameters.name = 'over_90_amount'), 'outstanding_principal')
        as over_90_reading,
    coalesce(max_by(parameters.value, parameters.valid_from) filter (where parameters.name = 'overdue_rate_base'), 'principal_and_interest')
        as overdue_rate_base,
    coalesce(max_by(parameters.value, parameters.valid_from) filter (where parameters.name = 'count_promotional') = 'true', false)
        as counts_promotional
from bounds
left join parameters on parameters.regime = bounds.regime and parameters.valid_from <= bounds.valid_from
group by bounds.regime, bounds.valid_from
