{# Groups of events, each a common table expression of fct_business_daily: the kinds of segments that it has, and its measures. #}
{% macro business_sources() -%}
{%- set all_kinds = loan_kinds() + ['channel'] -%}
{%- set sources = {
    'listed': (all_kinds, {'listings_count': 'count(*)', 'listed_amount': 'sum(amount)'}),
    'funded': (all_kinds, {'funded_count': 'count(*)', 'funding_seconds': 'sum(funding_seconds)'}),
    'failed': (all_kinds, {'failed_count': 'count(*)'}),
    'lent': (all_kinds, {
        'loans_count': 'count(*)', 'lent_amount': 'sum(amount)', 'lent_amount_months': 'sum(amount * term_months)',
        'lent_amount_rate': 'sum(cast(amount as decimal(20, 2)) * annual_rate)'
    }),
    'received': (all_kinds, {'repaid_amount': 'sum(amount)'}),
    'paid': (all_kinds, {
        'compensated_amount': 'sum(compensated_amount)', 'own_compensated_amount': 'sum(own_compensated_amount)',
        'recovered_amount': 'sum(recovered_amount)'
    }),
    'invested': (all_kinds, {'invested_amount': 'sum(amount)', 'automatic_amount': 'sum(automatic_amount)'}),
    'sold': (all_kinds, {
        'transfers_count': 'count(*)', 'transferred_amount': 'sum(amount)', 'transfer_price_amount': 'sum(price)',
        'timed_transfers_count': 'count(sale_seconds)', 'sale_seconds': 'coalesce(sum(sale_seconds), 0)'
    }),
    'reserved': (all_kinds, {'contributed_amount': 'sum(contributed_amount)', 'reserve_change_amount': 'sum(amount)'}),
    'charged': (all_kinds + ['fee_kind'], {'fees_amount': 'sum(amount)'}),
    'applied': (product_kinds() + person_kinds(), {'applications_count': 'count(*)', 'applied_amount': 'sum(amount)'}),
    'decided': (product_kinds() + person_kinds() + ['reject_reason'], {
        'approved_count': 'sum(is_approved::integer)', 'rejected_count': 'sum(is_rejected::integer)'
    }),
    'moved': (person_kinds(), {'deposited_amount': 'sum(deposited_amount)', 'withdrawn_amount': 'sum(withdrawn_amount)'}),
    'rewarded': (person_kinds(), {'reward_liability_change_amount': 'sum(amount)'}),
    'registered': (person_kinds(), {'registrations_count': 'count(*)'}),
    'present': (person_kinds(), {
        'present_lenders_count': 'sum(is_lender::integer)', 'present_borrowers_count': 'sum((not is_lender)::integer)'
    }),
} -%}
{{- return(sources) -}}
{%- endmacro %}

{# The end of a query: adds these up per day, population and segment, one row for all groups. #}
{% macro added_by_day(sources) %}
{%- for name, (kinds, measures) in sources.items() %}
{{ sums_by_segment(name, kinds, measures) }},
{% endfor %}
{%- set types = {'count': 'bigint', 'amount': 'decimal(38, 2)', 'months': 'decimal(38, 2)', 'rate': 'decimal(38, 8)', 'seconds': 'decimal(38, 6)'} %}
{%- set key = ['day_on', 'is_promotional', 'segment_kind', 'segment_id'] %}
told as (
    {%- for name in sources %}
    select {{ key | join(', ') }} from {{ name }}_sums
    {{ 'union' if not loop.last }}
    {%- endfor %}
)

select
    told.day_on,
    told.is_promotional,
    told.segment_kind,
    told.segment_id,
    {%- for name, (_, measures) in sources.items() %}{% for measure in measures %}
    cast(coalesce({{ name }}_sums.{{ measure }}, 0) as {{ types[measure.split('_')[-1]] }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}{{ ',' if not loop.last }}{% endfor %}
from told
{%- for name in sources %}
left join {{ name }}_sums
    on {% for column in key %}{{ name }}_sums.{{ column }} = told.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endfor %}
where told.day_on is not null
{%- endmacro %}
