{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['table_name', 'row_id']) }}
-- What the versions of a row show besides the newest: that two share an instant, so that neither is newer; and for a listing, that its
-- disbursement moved; for a product, that it became promotional or ordinary. If a load brings a new version of a row, all versions of that row are compared.
{%- set keys = {'loans': 'loan_id', 'products': 'product_id', 'users': 'user_id'} %}
with
versions as (
    {% for table, key in keys.items() -%}
    select '{{ table }}' as table_name, {{ key }} as row_id, updated_at, deleted_at, _row_hash
    from {{ source('lake', table) }}
    {%- if is_incremental() %}
    where {{ key }} in (select arrived.{{ key }} from {{ source('arrivals', table) }} as arrived)
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

moved as (
    select
        loan_id,
        updated_at,
        disbursed_at,
        lag(disbursed_at) over (partition by loan_id order by updated_at, _load_seq, file_row_number) as disbursed_before_at
    from {{ source('lake', 'loans') }}
    {%- if is_incremental() %}
    where loan_id in (select arrived.loan_id from {{ source('arrivals', 'loans') }} as arrived)
    {%- endif %}
),

turned as (
    select
        product_id,
        updated_at,
        is_promotional,
        lag(is_promotional) over (partition by product_id order by updated_at, _load_seq, file_row_number) as was_promotional
    from {{ source('lake', 'products') }}
    {%- if is_incremental() %}
    where product_id in (select arrived.product_id from {{ source('arrivals', 'products') }} as arrived)
    {%- endif %}
)

select
    table_name,
    row_id,
    'same_instant' as change_kind,
    updated_at,
    {{ business_date('updated_at') }} as changed_on,
    null::date as disbursed_before_on,
    null::date as disbursed_on
from versions
group by table_name, row_id, updated_at
-- A deleted row may keep the instant of its last version: then the deletion is the newer of the two.
having count(distinct _row_hash) filter (where deleted_at is null) > 1
union all
select
    'loans',
    loan_id,
    'disbursement_moved',
    updated_at,
    {{ business_date('updated_at') }},
    {{ business_date('disbursed_before_at') }},
    {{ business_date('disbursed_at') }}
from moved
where disbursed_before_at is not null and disbursed_at is distinct from disbursed_before_at
union all
select 'products', product_id, 'promotional_changed', updated_at, {{ business_date('updated_at') }}, null, null
from turned
where is_promotional <> was_promotional
