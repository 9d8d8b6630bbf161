{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per finding of the ledger about a loan, repayment, claim or row up to the day, under its code in this regime.
{%- set codes = {
    'beyond_amount': 'CN-E21', 'received_below_nothing': 'CN-E21', 'beyond_owed': 'CN-E22', 'no_plan': 'CN-E23', 'no_such_instalment': 'CN-E24',
    'reversal': 'CN-E25', 'sign': 'CN-E26', 'paid_without_loan': 'CN-E27', 'transfer': 'CN-E28', 'party': 'CN-E29', 'same_instant': 'CN-E30',
    'history_moved': 'CN-E31', 'platform_word': 'CN-E32', 'interest_given_up': 'CN-E34', 'passed_on': 'CN-E35', 'late_plan': 'CN-E36'
} %}
with
findings as (
    {% for name in ['fct_repayment_findings_as_of', 'fct_loan_findings_as_of', 'fct_claim_findings_as_of'] -%}
    select * from {{ rows_of(name, 'as_of_on') }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select
    case finding_kind
        {%- for kind, code in codes.items() %}
        when '{{ kind }}' then '{{ code }}'
        {%- endfor %}
    end as check_code,
    entity,
    field,
    masked_value,
    message
from findings
