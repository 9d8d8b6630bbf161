{# Which operating figures exist for a day, and what each is made of: (code, numerator, denominator of a ratio or none, kinds of segments
   besides the total). `measures` are the flows of fct_business_daily that they read. #}
{% macro operating_figures() %}
{%- set loan_segments = loan_kinds() + ['channel'] -%}
{%- set application_segments = product_kinds() + person_kinds() -%}
{%- set of_portfolio = [
    ('OP-A01', 'outstanding_amount', none, loan_segments),
    ('OP-A02', 'interest_outstanding_amount', none, loan_segments),
    ('OP-A03', 'outstanding_loans_count', none, loan_segments),
    ('OP-B01', 'month_amount', none, loan_segments),
    ('OP-B02', 'month_loans_count', none, loan_segments),
    ('OP-C01', 'overdue_amount', none, loan_segments),
    ('OP-C02', 'overdue_loans_count', none, loan_segments),
    ('OP-C03', 'overdue_amount', 'rate_base_amount', loan_segments),
    ('OP-C04', 'overdue_loans_count', 'outstanding_loans_count', loan_segments),
] -%}
{%- set of_flows = [
    ('OP-B03', 'repaid_amount', none, loan_segments),
    ('OP-B04', 'lent_amount - repaid_amount', none, loan_segments),
    ('OP-D01', 'registrations_count', none, person_kinds()),
    ('OP-F01', 'listings_count', none, loan_segments),
    ('OP-F02', 'listed_amount', none, loan_segments),
    ('OP-F03', 'funded_count', 'funded_count + failed_count', loan_segments),
    ('OP-F04', 'funding_seconds', 'funded_count * 3600', loan_segments),
    ('OP-F05', 'applications_count', none, application_segments),
    ('OP-F06', 'applied_amount', none, application_segments),
    ('OP-F07', 'approved_count', 'approved_count + rejected_count', application_segments),
    ('OP-F08', 'rejected_count', none, application_segments + ['reject_reason']),
    ('OP-F09', 'lent_amount_rate', 'lent_amount', loan_segments),
    ('OP-F10', 'lent_amount_months', 'lent_amount', loan_segments),
    ('OP-F11', 'lent_amount', 'loans_count', loan_segments),
    ('OP-F12', 'automatic_amount', 'invested_amount', loan_segments),
    ('OP-F13', 'transfers_count', none, loan_segments),
    ('OP-F14', 'transferred_amount', none, loan_segments),
    ('OP-F15', 'transferred_amount - transfer_price_amount', 'transferred_amount', loan_segments),
    ('OP-F16', 'sale_seconds', 'timed_transfers_count * 3600', loan_segments),
    ('OP-H01', 'deposited_amount - withdrawn_amount', none, person_kinds()),
    ('OP-H02', 'deposited_amount', none, person_kinds()),
    ('OP-H03', 'withdrawn_amount', none, person_kinds()),
    ('OP-H04', 'fees_amount', none, loan_segments + ['fee_kind']),
    ('OP-H05', 'compensated_amount', none, loan_segments),
    ('OP-H06', 'recovered_amount', none, loan_segments),
    ('OP-I01', 'fees_amount - contributed_amount - own_compensated_amount - cost_amount', none, ['channel']),
    ('OP-I02', 'cost_amount', none, ['channel']),
    ('OP-I03', 'contributed_amount', none, loan_segments),
    ('OP-I04', 'own_compensated_amount', none, loan_segments),
] -%}
{%- set of_balances = [
    ('OP-H07', 'reserve_amount', none, []),
    ('OP-H08', 'reserve_amount', 'overdue_amount', []),
    ('OP-H12', 'reward_liability_amount', none, person_kinds()),
    ('OP-I05', 'reserve_amount', '2 * overdue_amount', []),
] -%}
{%- set of_people = [
    ('OP-D02', 'first_lenders_count', none, loan_segments),
    ('OP-D03', 'month_lenders_count', none, loan_segments),
    ('OP-D04', 'first_borrowers_count', none, loan_segments),
    ('OP-D05', 'outstanding_borrowers_count', none, loan_segments),
    ('OP-G01', 'new_lenders_count', none, loan_segments),
    ('OP-G02', 'present_lenders_count', none, loan_segments),
    ('OP-G03', 'active_lenders_count', none, loan_segments),
    ('OP-G04', 'returning_lenders_count', none, loan_segments),
    ('OP-G05', 'new_borrowers_count', none, loan_segments),
    ('OP-G06', 'present_borrowers_count', none, loan_segments),
    ('OP-G07', 'active_borrowers_count', none, loan_segments),
    ('OP-G08', 'returning_borrowers_count', none, loan_segments),
] -%}
{%- set of_dues = [
    ('OP-H09', 'due_7_amount', none, loan_segments),
    ('OP-H10', 'due_30_amount', none, loan_segments),
    ('OP-H11', 'due_90_amount', none, loan_segments),
] -%}
{%- set measures = [
    'listings_count', 'listed_amount', 'funded_count', 'failed_count', 'funding_seconds', 'loans_count', 'lent_amount', 'lent_amount_months',
    'lent_amount_rate', 'repaid_amount', 'compensated_amount', 'own_compensated_amount', 'recovered_amount', 'invested_amount', 'automatic_amount',
    'transfers_count', 'transferred_amount', 'transfer_price_amount', 'timed_transfers_count', 'sale_seconds', 'contributed_amount', 'fees_amount', 'applications_count', 'applied_amount',
    'approved_count', 'rejected_count', 'deposited_amount', 'withdrawn_amount', 'registrations_count'
] -%}
{{- return({'portfolio': of_portfolio, 'flows': of_flows, 'balances': of_balances, 'people': of_people, 'dues': of_dues, 'measures': measures}) -}}
{%- endmacro %}

{# A common table expression `active`: one row per person and side that was active in the thirty days up to the day or in its month. It
   reads `readings`. #}
{% macro active_people() %}
active as (
    select
        person.user_id,
        person.is_lender,
        bool_or(person.month_on = months.this_month_on and person.previous_month_on is null) as is_new,
        bool_or(person.month_on = months.this_month_on and person.previous_month_on < months.this_month_on - interval 1 month) as is_returning,
        bool_or(person.last_on >= as_of_on - 29) as is_active
    from (
        select
            user_id, is_lender, month_on,
            {%- for column in ['first_on', 'last_on', 'previous_month_on'] %}
            case when readings.counts_promotional then {{ column }} else usual_{{ column }} end as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ ref('fct_active_months') }}
        cross join readings
    ) as person
    inner join (
        select listed.month_on::date as month_on, date_trunc('month', as_of_on)::date as this_month_on
        from (
            select unnest({{ days_from("date_trunc('month', as_of_on - 29)::date", "date_trunc('month', as_of_on)::date", 'month') }}) as month_on
        ) as listed
    ) as months on months.month_on = person.month_on
    where person.first_on <= as_of_on
    group by person.user_id, person.is_lender
)
{%- endmacro %}
