{# Before an incremental ledger model adds the touched loans anew, what it held of them is taken out. #}
{% macro forget_touched_loans() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where loan_id in (select loan_id from {{ this.schema }}.ldg_touched_loans)
    {%- else -%}
        select 1
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
