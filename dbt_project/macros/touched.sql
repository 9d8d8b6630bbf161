{# Models of which only a later build asks are named whichever build it is, so that dbt always knows of them. #}

{# Before an incremental ledger model adds the touched loans again, what it held of them is taken out. #}
{% macro forget_touched_loans() -%}
    {%- set touched = ref('ldg_touched_loans') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where loan_id in (select loan_id from {{ touched }})
    {%- endif -%}
{%- endmacro %}

{# People whose record is deleted have no row, so none comes in place of the one they had. #}
{% macro forget_deleted_users() -%}
    {%- set users = ref('ldg_users') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where user_id in (select user_id from {{ users }} where deleted_at is not null)
    {%- endif -%}
{%- endmacro %}

{# Visitors of whom a new session says which user they are, are nobody of their own any more. #}
{% macro forget_joined_visitors() -%}
    {%- set web_sessions = ref('stg_web_sessions') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where user_id is null
            and visitor_id in (select visitor_id from {{ web_sessions }} where user_id is not null and _load_seq > {{ seen_load_seq() }})
    {%- endif -%}
{%- endmacro %}

{# Before new rows of an append table are added, those that the source has lost are taken out. One that it has again is a new row. #}
{% macro forget_gone(table_name) -%}
    {%- set tombstones = source('tombstones', table_name) -%}
    {%- set key = contract_tables()[table_name].key | join(', ') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ '(' ~ key ~ ')' if ',' in key else key }} in (select {{ key }} from {{ tombstones }})
    {%- endif -%}
{%- endmacro %}

{# Where what is kept cannot tell what a row that went had to do with it, all of it is computed again. #}
{% macro forget_all_where_gone(table_name) -%}
    {%- if has_tombstones(table_name) and is_incremental() -%} truncate {{ this }} {%- endif -%}
{%- endmacro %}

{# Rows of an append table that the build before knew and the source has lost since. #}
{% macro gone_rows(table_name) -%}
    {%- set tombstones = source('tombstones', table_name) -%}
    {%- set key = contract_tables()[table_name].key | join(', ') -%}
    (select * from {{ previous('stg_' ~ table_name) }} where {{ '(' ~ key ~ ')' if ',' in key else key }} in (select {{ key }} from {{ tombstones }}))
{%- endmacro %}

{# Whether rows are of a loan that this build computes again; every loan is, in a full build, and then nothing is looked up. #}
{% macro is_touched(loan_id='loan_id') -%}
    {%- set touched = ref('ldg_touched_loans') -%}
    {%- if is_incremental() -%} {{ loan_id }} in (select touched.loan_id from {{ touched }} as touched) {%- else -%} true {%- endif -%}
{%- endmacro %}

{# Touched loans that were disbursed. #}
{% macro touched_loans() -%}
    (
        select loan.*
        from {{ ref('ldg_loans') }} as loan
        where {{ is_touched('loan.loan_id') }}
    )
{%- endmacro %}

{# Who put money into a loan that this build computes again, or bought a claim in one; also by a row that the source has lost. #}
{% macro touched_lenders() -%}
    (
        select lender_id from {{ ref('stg_investments') }} where loan_id in (select loan_id from {{ ref('ldg_touched_loans') }})
        union
        select buyer_id from {{ ref('stg_claim_transfers') }} where loan_id in (select loan_id from {{ ref('ldg_touched_loans') }})
        union
        select gone.lender_id from {{ gone_rows('investments') }} as gone
        union
        select gone.buyer_id from {{ gone_rows('claim_transfers') }} as gone
    )
{%- endmacro %}

{# Before touched lenders are added again, what was held of them is taken out. #}
{% macro forget_touched_lenders() -%}
    {%- set touched = touched_lenders() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where lender_id in {{ touched }}
    {%- endif -%}
{%- endmacro %}

{# The beginning of an interval that nothing comes before, and the end of one that nothing has ended yet. #}
{% macro open_start() -%} date '0001-01-01' {%- endmacro %}
{% macro open_end() -%} date '9999-12-31' {%- endmacro %}

{# Before the stored figures are added, those of days that this build may have changed are taken out; `model` says which days are kept. #}
{% macro forget_changed_days(model) -%}
    {%- set days = ref(model) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where as_of_on not in (select day_on from {{ days }} where is_month_end and not must_compute)
    {%- endif -%}
{%- endmacro %}

{# Before the daily balances are continued, days that a touched loan can have changed are taken out: all, where one kind of loans has come or gone. #}
{% macro forget_changed_balances() -%}
    {%- set touched, loans = ref('ldg_touched_loans'), ref('ldg_loans') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where day_on >= (select coalesce(min(affected_from), {{ open_end() }}) from {{ touched }})
            or (select count(distinct is_promotional) from {{ loans }} where disbursed_on <= {{ latest_business_date() }})
                <> (select count(distinct is_promotional) from {{ this }})
    {%- endif -%}
{%- endmacro %}
