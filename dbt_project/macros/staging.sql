{# Staging, made from the contract (macros/contract.sql): a table's columns, the business date of each of its instants, and which load
   brought the row. #}

{# The staging model of a contract table. What the ledger and the figures of any day read is stored in the warehouse and grows by the rows
   of new loads (`is_kept`). The rest lie in the build's own database, which is not published: views of the lake's files, which are not
   copied, or tables where many models read few rows, whose newest versions would be looked for each time (`is_read_often`). `also_dated`
   names cursor columns that need a business date too. #}
{% macro staged(table_name, is_kept=false, is_read_often=false, also_dated=[]) -%}
    {%- set table = contract_tables()[table_name] -%}
    {%- if not is_kept -%}
        {{- config(materialized='table' if is_read_often else 'view', database='working') -}}
    {%- elif table.kind == 'mutable' -%}
        {{- config(materialized='incremental', incremental_strategy='delete+insert', unique_key=table.key) -}}
    {%- else -%}
        {{- config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_gone('" ~ table_name ~ "') }}") -}}
    {%- endif -%}
    {%- set columns = table.columns | list -%}
    {%- for instant in table.instants + also_dated -%}
        {%- do columns.append(business_date(instant) ~ ' as ' ~ instant[:-3] ~ '_on') -%}
    {%- endfor -%}
    {{- staged_newest(table_name, columns, is_kept) if table.kind == 'mutable' else staged_append(table_name, columns, is_kept) -}}
{%- endmacro %}

{# Append tables: rows never change, so new rows are added to the stored ones, and rows that the source has lost are removed. Grain: one row
   per key. #}
{% macro staged_append(table_name, columns, is_kept) -%}
    select
        {{ columns | join(',\n        ') }},
        created_at,
        _load_seq
    from {{ source('arrivals' if is_kept else 'lake', table_name) }}
{%- endmacro %}

{# Mutable tables: the newest known version of each key. A version that arrives late never displaces a newer one. #}
{% macro staged_newest(table_name, columns, is_kept) -%}
    {%- set key = contract_tables()[table_name].key -%}
    with
    arrived as (
        select
            {{ columns | join(',\n            ') }},
            updated_at,
            deleted_at,
            _load_seq,
            file_row_number as _row_number
        from {{ source('arrivals' if is_kept else 'lake', table_name) }}
    ),

    candidates as (
        select * from arrived
        {% if is_kept and is_incremental() -%}
            union all
            select
                {% for column in columns -%}
                    known.{{ column.split(' as ')[-1] }},
                {% endfor -%}
                known.updated_at, known.deleted_at, known._load_seq, known._row_number
            from {{ this }} as known
            where exists (
                select 1 from arrived
                where {% for part in key %}arrived.{{ part }} = known.{{ part }}{{ ' and ' if not loop.last }}{% endfor %}
            )
        {%- endif %}
    ),

    -- A version is named by its load and its place in the load. Few rows have a newer one: sorting whole rows to find them would cost more
    -- than reading rows twice.
    superseded as (
        select _load_seq, _row_number
        from (select {{ key | join(', ') }}, updated_at, _load_seq, _row_number from candidates)
        qualify row_number() over (
            partition by {{ key | join(', ') }}
            order by updated_at desc, _load_seq desc, _row_number desc
        ) > 1
    )

    select candidates.*
    from candidates
    where not exists (
        select 1 from superseded
        where superseded._load_seq = candidates._load_seq and superseded._row_number = candidates._row_number
    )
{%- endmacro %}
