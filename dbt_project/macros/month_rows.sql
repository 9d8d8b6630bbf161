{# Shared by the table functions for the rows behind operating figures: the readings and the month of their day `as_of_on`, and rows that
   several models count. #}

{# A query of one row: how the home regime reads its law on the day. #}
{% macro home_readings() -%}
    select * from {{ ref('dim_regime_readings') }} where is_home and valid_from <= as_of_on and valid_to > as_of_on
{%- endmacro %}

{# Whether a day lies in the month up to the day. #}
{% macro is_in_month(day) -%} {{ day }} between date_trunc('month', as_of_on)::date and as_of_on {%- endmacro %}

{# A value where a condition holds, else 0. #}
{% macro if_so(condition, value='1') -%} case when {{ condition }} then {{ value }} else 0 end {%- endmacro %}

{# The last month end up to a day. #}
{% macro month_end_by(day) -%}
    case when {{ day }} = last_day({{ day }}) then {{ day }} else (date_trunc('month', {{ day }}) - interval 1 day)::date end
{%- endmacro %}

{# The day one month before a day: for the last day of a month the last day of the month before, else the same day of it. #}
{% macro month_earlier(day) -%}
    case when {{ day }} = last_day({{ day }}) then (date_trunc('month', {{ day }}) - interval 1 day)::date else ({{ day }} - interval 1 month)::date end
{%- endmacro %}

{# The part of an investment that an automatic bid placed. #}
{% macro automatic_amount(investment) -%} {{ if_so(investment ~ ".placed_by = 'auto_bid'", investment ~ '.amount') }} {%- endmacro %}

{# A query: what others paid the lenders in the borrower's place, and what the borrower pays them back. Nothing counts before the
   disbursement. #}
{% macro payments_in_place() -%}
    {%- set amount = 'repayment.principal + repayment.interest + repayment.penalty' -%}
    select
        repayment.repayment_id,
        repayment.loan_id,
        greatest(repayment.paid_on, loan.disbursed_on) as day_on,
        {{ if_so("repayment.payee_kind = 'lenders' and repayment.payer_kind in ('guarantor', 'insurer', 'risk_reserve')", amount) }} as compensated_amount,
        {{ if_so("repayment.payee_kind = 'lenders' and repayment.payer_kind = 'platform'", amount) }} as own_compensated_amount,
        {{ if_so("repayment.payee_kind <> 'lenders' and repayment.payer_kind = 'borrower'", amount) }} as recovered_amount
    from {{ ref('stg_repayments') }} as repayment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayment.loan_id
    where (repayment.payee_kind = 'lenders') <> (repayment.payer_kind = 'borrower')
{%- endmacro %}

{# A query: what lenders are still to receive of each instalment that falls due in the 90 days after the day, and how much of it falls due in
   7 and 30 days. Arrears are counted separately. #}
{% macro falling_due() -%}
    select
        state.loan_id,
        state.due_on,
        {%- for days in (7, 30) %}
        {{ if_so('state.due_on <= as_of_on + ' ~ days, 'state.owed_amount') }} as due_{{ days }}_amount,
        {%- endfor %}
        state.owed_amount as due_90_amount
    from {{ ref('ldg_instalment_states') }} as state
    where state.due_on > as_of_on and state.due_on <= as_of_on + 90 and state.valid_from <= as_of_on and state.valid_to > as_of_on
{%- endmacro %}
