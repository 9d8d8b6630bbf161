{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The portfolio on a day: the only place that adds up what is outstanding and what is overdue, in total and by segment. Every regime and
-- the operating figures select from here. A reading that a law leaves open chooses among these rows and columns: every reading has its own.
-- Grain: one row per counts_promotional, segment_kind and segment_id. Kinds of segments that a query does not ask for cost nothing.
{#- Loans are added up once, promotional ones separately. The populations with and without them are combined from these parts. #}
{% set columns = {
    'loans_count': ('count(*)', 'bigint'),
    'amount': ('sum(amount)', 'decimal(38, 2)'),
    'outstanding_loans_count': ('count(*) filter (where outstanding_amount > 0)', 'bigint'),
    'outstanding_amount': ('sum(outstanding_amount)', 'decimal(38, 2)'),
    'interest_outstanding_amount': ('sum(interest_outstanding_amount)', 'decimal(38, 2)'),
    'overdue_loans_count': ('count(*) filter (where past_due_days > 0)', 'bigint'),
    'overdue_amount': ('sum(overdue_amount)', 'decimal(38, 2)'),
    'month_loans_count': ('count(*) filter (where is_of_month)', 'bigint'),
    'month_amount': ('sum(case when is_of_month then amount else 0 end)', 'decimal(38, 2)'),
    'month_amount_months': ('sum(case when is_of_month then amount * term_months else 0 end)', 'decimal(38, 2)'),
    'month_amount_rate': ('sum(case when is_of_month then cast(amount as decimal(20, 2)) * annual_rate else 0 end)', 'decimal(38, 8)'),
} -%}
{#- What a regime considers too small to be overdue is left out of its own columns only. -#}
{%- for regime in var('regimes') -%}
    {%- do columns.update({
        regime ~ '_overdue_loans_count': ('count(*) filter (where is_' ~ regime ~ '_overdue)', 'bigint'),
        regime ~ '_overdue_amount': ('sum(case when is_' ~ regime ~ '_overdue then overdue_amount else 0 end)', 'decimal(38, 2)')
    }) -%}
{%- endfor -%}
{%- set of_loans %}{% for name, (total, _) in columns.items() %}{{ total }} as {{ name }}{{ ', ' if not loop.last }}{% endfor %}{% endset -%}
{%- set of_parts -%}
    {%- for name, (_, type) in columns.items() %}sum(part.{{ name }})::{{ type }} as {{ name }}, {% endfor -%}
    (sum(part.outstanding_amount) + sum(part.interest_outstanding_amount))::decimal(38, 2) as owed_amount
{%- endset -%}
{%- set population = 'inner join population on population.counts_promotional or not part.is_promotional' %}
with
-- Every segment reads it: computed once.
loans as {{ found_once() }} (
    select
        loan.*
        {%- for regime in var('regimes') %},
        loan.past_due_days > {{ regime }}.small_days and loan.overdue_amount > {{ regime }}.small_amount as is_{{ regime }}_overdue
        {%- endfor %}
    from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
    {%- for regime in var('regimes') %}
    cross join (select * from {{ rows_of('dim_small_arrears_as_of', 'as_of_on') }} where regime = '{{ regime }}') as {{ regime }}
    {%- endfor %}
),

population as (
    select false as counts_promotional
    union all
    select true
),

parts as (
    select is_promotional, is_related_party, institution_id, {{ of_loans }}
    from loans
    group by is_promotional, is_related_party, institution_id
),

whole as (
    select population.counts_promotional, {{ of_parts }}
    from parts as part
    {{ population }}
    group by population.counts_promotional
),

owing as (
    select
        borrower_id,
        bool_or(not is_promotional) as is_usual,
        sum(outstanding_amount) as amount,
        sum(case when is_promotional then 0 else outstanding_amount end) as usual_amount
    from loans
    group by borrower_id
),

-- Borrowers with promotional loans and without.
people as (
    select
        count(*) as borrowers_count,
        count(*) filter (where amount > 0) as outstanding_borrowers_count,
        count(*) filter (where is_usual) as usual_borrowers_count,
        count(*) filter (where usual_amount > 0) as usual_outstanding_borrowers_count
    from owing
),

-- Only the first ten need an order.
largest as (
    select counts_promotional, max(amount) as largest_amount, sum(amount) as ten_amount
    from (
        select true as counts_promotional, ten.amount
        from (select owing.amount from owing where owing.amount > 0 order by owing.amount desc limit 10) as ten
        union all
        select false, ten.amount
        from (select owing.usual_amount as amount from owing where owing.usual_amount > 0 order by owing.usual_amount desc limit 10) as ten
    )
    group by counts_promotional
),

{{ numbered_places([ref('dim_listings')]) }},

-- Seven kinds of segments follow from the combination: loans are looked up once for all of them.
placed as {{ found_once() }} (
    select loans.is_promotional, listing.place_no, {{ of_loans }}
    from loans
    inner join placed_listings as listing on listing.loan_id = loans.loan_id
    group by loans.is_promotional, listing.place_no
),

segments as (
    select is_promotional, 'borrower' as segment_kind, borrower_id::varchar as segment_id, {{ of_loans }}
    from loans
    group by is_promotional, borrower_id
    union all
    select is_promotional, 'institution', coalesce(institution_id::varchar, 'none'), {{ columns | join(', ') }}
    from parts
    union all
    select is_promotional, 'related_party', case when is_related_party then 'related' else 'other' end, {{ columns | join(', ') }}
    from parts
    {%- for kind in deed_kinds() if kind != 'institution' %}
    union all
    select part.is_promotional, '{{ kind }}', place.{{ kind }}, part.{{ columns | join(', part.') }}
    from placed as part
    inner join places as place on place.place_no = part.place_no
    {%- endfor %}
    {%- for kind in loan_kinds() if kind in person_kinds() %}
    union all
    select loans.is_promotional, '{{ kind }}', listing.{{ kind }}, {{ of_loans }}
    from loans
    inner join (select loan_id, {{ kind }} from {{ ref('dim_listings') }}) as listing on listing.loan_id = loans.loan_id
    group by loans.is_promotional, listing.{{ kind }}
    {%- endfor %}
    union all
    select loans.is_promotional, 'channel', coalesce(borrower.channel, 'none'), {{ of_loans }}
    from loans
    left join (select user_id, channel from {{ ref('fct_registrations') }}) as borrower on borrower.user_id = loans.borrower_id
    group by loans.is_promotional, coalesce(borrower.channel, 'none')
    {%- for regime in var('regimes') %}
    union all
    select loans.is_promotional, '{{ regime }}_past_due_band', band.band_code, {{ of_loans }}
    from loans
    inner join {{ rows_of('dim_past_due_bands_as_of', 'as_of_on') }} as band
        on band.regime = '{{ regime }}' and loans.past_due_days between band.past_due_from_days and band.past_due_to_days
    where loans.is_{{ regime }}_overdue
    group by loans.is_promotional, band.band_code
    {%- for kind, value in [('term', 'loans.term_months'), ('size', 'loans.amount')] %}
    union all
    select loans.is_promotional, '{{ regime }}_{{ kind }}_band', band.band_code, {{ of_loans }}
    from loans
    inner join {{ rows_of('dim_loan_bands_as_of', 'as_of_on') }} as band
        on band.regime = '{{ regime }}' and band.band_kind = '{{ kind }}' and {{ value }} >= band.band_from_value and {{ value }} < band.band_to_value
    group by loans.is_promotional, band.band_code
    {%- endfor %}
    {%- endfor %}
)

-- The total has a row before the first loan too.
select
    population.counts_promotional,
    'total' as segment_kind,
    'all' as segment_id,
    {% for name in columns.keys() | list + ['owed_amount'] -%}
    coalesce(whole.{{ name }}, 0) as {{ name }},
    {% endfor -%}
    case when population.counts_promotional then people.borrowers_count else people.usual_borrowers_count end as borrowers_count,
    case when population.counts_promotional then people.outstanding_borrowers_count else people.usual_outstanding_borrowers_count end
        as outstanding_borrowers_count,
    coalesce(largest.largest_amount, 0)::decimal(38, 2) as largest_borrower_amount,
    coalesce(largest.ten_amount, 0)::decimal(38, 2) as top_ten_borrowers_amount
from population
cross join people
left join whole on whole.counts_promotional = population.counts_promotional
left join largest on largest.counts_promotional = population.counts_promotional
union all
select population.counts_promotional, part.segment_kind, part.segment_id, {{ of_parts }}, null, null, null, null
from segments as part
{{ population }}
group by population.counts_promotional, part.segment_kind, part.segment_id
