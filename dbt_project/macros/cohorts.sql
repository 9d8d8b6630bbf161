{# Which stored months of cohorts of lenders are out of date. #}

{# The first day on which this build may know other lenders, claims or payments of cohorts than the build before. A loan that came or went, or
   has another day of disbursement, takes with it what was put in and paid before that day. #}
{% macro cohorts_changed_from() -%}
    {%- set days, loans, people = ref('rpt_operations_days'), ref('ldg_loans'), ref('fct_registrations') -%}
    {%- set known_loans, known_people = previous('ldg_loans'), previous('fct_registrations') -%}
    {%- set happened = [(ref('stg_investments'), 'invested_on'), (ref('stg_claim_transfers'), 'transferred_on'), (ref('stg_repayments'), 'paid_on')] -%}
    (
        with other_loans as (
            select coalesce(loan.loan_id, known.loan_id) as loan_id
            from {{ loans }} as loan
            full join {{ known_loans }} as known on known.loan_id = loan.loan_id
            where {{ differ('loan', 'known', ['loan_id', 'is_promotional', 'disbursed_at']) }}
        )

        select coalesce(min(changed.changed_on), {{ open_end() }})
        from (
            select affected_from as changed_on from {{ days }}
            union all
            select least(person.first_invested_on, known.first_invested_on)
            from {{ people }} as person
            full join {{ known_people }} as known on known.user_id = person.user_id
            where {{ differ('person', 'known', ['user_id', 'first_invested_on']) }}
            {%- for rows, day in happened %}
            union all
            select min({{ day }}) from {{ rows }} where loan_id in (select other_loans.loan_id from other_loans)
            {%- endfor %}
        ) as changed
    )
{%- endmacro %}

{# Before cohorts are added: removes the months that this build can have changed. #}
{% macro forget_changed_cohorts() -%}
    {%- set changed_from = cohorts_changed_from() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where month_end_on >= {{ changed_from }}
    {%- endif -%}
{%- endmacro %}
