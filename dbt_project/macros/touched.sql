{# Models that only a later build reads are named in every build, so that dbt always knows of them. #}

{# Before an incremental model adds touched loans or users again: removes their stored rows. #}
{% macro forget_touched_loans() -%} {{ forget_touched(ref('ldg_touched_loans'), 'loan_id') }} {%- endmacro %}
{% macro forget_touched_users() -%} {{ forget_touched(ref('fct_touched_users'), 'user_id') }} {%- endmacro %}
{% macro forget_touched(touched, key) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ key }} in (select {{ key }} from {{ touched }})
    {%- endif -%}
{%- endmacro %}

{# People whose record is deleted have no row, so no new row replaces the stored one. #}
{% macro forget_deleted_users() -%}
    {%- set users = ref('ldg_users') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where user_id in (select user_id from {{ users }} where deleted_at is not null)
    {%- endif -%}
{%- endmacro %}

{# Visitors that a new session identifies as a user are no longer people of their own. #}
{% macro forget_joined_visitors() -%}
    {%- set web_sessions = ref('stg_web_sessions') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where user_id is null
            and visitor_id in (select visitor_id from {{ web_sessions }} where user_id is not null and _load_seq > {{ seen_load_seq() }})
    {%- endif -%}
{%- endmacro %}

{# Before new rows of an append table are added: removes those that the source has lost. A row that comes back is a new row. #}
{% macro forget_gone(table_name) -%}
    {%- set tombstones = source('tombstones', table_name) -%}
    {%- set key = contract_tables()[table_name].key | join(', ') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ '(' ~ key ~ ')' if ',' in key else key }} in (select {{ key }} from {{ tombstones }})
    {%- endif -%}
{%- endmacro %}

{# Where stored rows do not show which of them a lost row affected, all of them are computed again. #}
{% macro forget_all_where_gone(table_name) -%}
    {%- if has_tombstones(table_name) and is_incremental() -%} truncate {{ this }} {%- endif -%}
{%- endmacro %}

{# Rows of an append table that the build before knew and the source has lost since. #}
{% macro gone_rows(table_name) -%}
    {%- set tombstones = source('tombstones', table_name) -%}
    {%- set key = contract_tables()[table_name].key | join(', ') -%}
    (select * from {{ previous('stg_' ~ table_name) }} where {{ '(' ~ key ~ ')' if ',' in key else key }} in (select {{ key }} from {{ tombstones }}))
{%- endmacro %}

{# Whether rows belong to a loan that this build computes again. In a full build every loan does, and nothing is looked up. #}
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

{# Who put money into a loan that this build computes again, or bought a claim in one; a row that the source has lost counts too. #}
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

{# Before touched lenders are added again: removes their stored rows. #}
{% macro forget_touched_lenders() -%}
    {%- set touched = touched_lenders() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where lender_id in {{ touched }}
    {%- endif -%}
{%- endmacro %}

{# The beginning of an interval before which there is nothing, and the end of an interval that has not ended. #}
{% macro open_start() -%} date '0001-01-01' {%- endmacro %}
{% macro open_end() -%} date '9999-12-31' {%- endmacro %}

{# Before the stored figures are added: removes those of days that this build may have changed; `model` says which days are kept. #}
{% macro forget_changed_days(model) -%}
    {%- set days = ref(model) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where as_of_on not in (select day_on from {{ days }} where is_month_end and not must_compute)
    {%- endif -%}
{%- endmacro %}

{# Before the daily balances are continued: removes the days that a touched loan can have changed. If one kind of loans (promotional or not)
   has appeared or disappeared, all days. #}
{% macro forget_changed_balances() -%}
    {%- set touched, loans = ref('ldg_touched_loans'), ref('ldg_loans') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where day_on >= (select coalesce(min(affected_from), {{ open_end() }}) from {{ touched }})
            or (select count(distinct is_promotional) from {{ loans }} where disbursed_on <= {{ latest_business_date() }})
                <> (select count(distinct is_promotional) from {{ this }})
    {%- endif -%}
{%- endmacro %}
