{# Before an incremental ledger model adds the touched loans anew, what it held of them is taken out. #}
{% macro forget_touched_loans() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where loan_id in (select loan_id from {{ this.schema }}.ldg_touched_loans)
    {%- endif -%}
{%- endmacro %}

{# Touched loans that were disbursed. #}
{% macro touched_loans() -%}
    (
        select loan.*
        from {{ ref('ldg_loans') }} as loan
        where loan.loan_id in (select loan_id from {{ ref('ldg_touched_loans') }})
    )
{%- endmacro %}

{# The end of an interval that nothing has ended yet. #}
{% macro open_end() -%} date '9999-12-31' {%- endmacro %}

{# Before the stored figures are added, those of days that this build may have changed are taken out. #}
{% macro forget_changed_days() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where as_of_on not in (select day_on from {{ this.schema }}.rpt_cn_days where is_month_end and not must_compute)
    {%- endif -%}
{%- endmacro %}

{# Adds the figures of every day that must be computed. One statement a day: a statement for all of them costs far more to plan than to run. #}
{% macro add_changed_days(definition) -%}
    {%- if execute -%}
        {%- set days = run_query('select day_on, is_month_end from ' ~ this.schema ~ '.rpt_cn_days where must_compute order by day_on') -%}
        {%- for day in days.rows -%}
            {%- do run_query('insert into ' ~ this ~ ' select *, ' ~ day[1] ~ ' from ' ~ definition ~ "(date '" ~ day[0] ~ "')") -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
