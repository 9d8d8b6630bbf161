{# How models become relations in a build's own file. Nobody reads that file before it is published and a build that fails is thrown away, so
   relations are put in their place at once: no copies under other names, no renames, no transactions around them. `statement` writes
   what it runs to dbt's log and target folder as always. #}

{% macro run_plainly(hooks) -%}
    {%- for hook in hooks -%}
        {%- set rendered = render(hook.get('sql')) | trim -%}
        {%- if rendered -%}
            {%- call statement(auto_begin=False) -%} {{ rendered }} {%- endcall -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{# A table, made anew by every build. #}
{% materialization table, adapter='duckdb' %}
    {%- do run_plainly(pre_hooks) -%}
    {%- call statement('main', auto_begin=False) -%} create or replace table {{ this }} as {{ sql }} {%- endcall -%}
    {%- do run_plainly(post_hooks) -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{# A view. Its text is the same in every build of the same code, so later builds leave it as it is. #}
{% materialization view, adapter='duckdb' %}
    {%- do run_plainly(pre_hooks) -%}
    {%- call statement('main', auto_begin=False) -%} create or replace view {{ this }} as {{ sql }} {%- endcall -%}
    {%- do run_plainly(post_hooks) -%}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}

{# A table that a later build adds rows to. With `unique_key`, rows of the keys that came again are taken out first. #}
{% materialization incremental, adapter='duckdb' %}
    {%- set keys = config.get('unique_key') -%}
    {%- do run_plainly(pre_hooks) -%}
    {%- if not is_incremental() -%}
        {%- call statement('main', auto_begin=False) -%} create or replace table {{ this }} as {{ sql }} {%- endcall -%}
    {%- elif not keys -%}
        {%- call statement('main', auto_begin=False) -%} insert into {{ this }} by name {{ sql }} {%- endcall -%}
    {%- else -%}
        {%- call statement(auto_begin=False) -%} create or replace temp table arrived_rows as {{ sql }} {%- endcall -%}
        {%- call statement(auto_begin=False) -%}
            delete from {{ this }} as known using arrived_rows as arrived
            where {% for key in keys %}known.{{ key }} = arrived.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
        {%- endcall -%}
        {%- call statement('main', auto_begin=False) -%} insert into {{ this }} by name select * from arrived_rows {%- endcall -%}
    {%- endif -%}
    {%- do run_plainly(post_hooks) -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{# A DuckDB table macro of a business date: it stays in the snapshot, so that any day can be asked for by readers without dbt.
   The model's SQL speaks of its argument as `as_of_on`. #}
{% materialization table_macro, adapter='duckdb' %}
    {%- call statement('main', auto_begin=False) -%}
        create or replace macro {{ this.schema }}.{{ this.identifier }}({{ config.get('arguments', ['as_of_on']) | join(', ') }}) as table
        {{ sql }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}
