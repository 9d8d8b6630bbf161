{# A model that is a DuckDB table macro of a business date: it stays in the snapshot, so that any day can be asked for by readers without dbt.
   The model's SQL speaks of its argument as `as_of_on`. #}
{% materialization table_macro, adapter='duckdb' %}
    {%- set relation = api.Relation.create(database=this.database, schema=this.schema, identifier=this.identifier, type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace macro {{ this.schema }}.{{ this.identifier }}({{ config.get('arguments', ['as_of_on']) | join(', ') }}) as table
        {{ sql }}
    {%- endcall %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': []}) }}
{% endmaterialization %}
