{# The end of a range of days past due that has no end. #}
{% macro endless_days() -%} 2147483647 {%- endmacro %}

{# One row: the bounds of a regime's ranges of days past due on the day, two columns per range. A range that has no row yet contains no
   loan. #}
{% macro past_due_bounds(regime, codes) -%}
select
    {% for code in codes -%}
    coalesce(max(past_due_from_days) filter (where band_code = '{{ code }}'), {{ endless_days() }}) as {{ code }}_from_days,
    coalesce(max(past_due_to_days) filter (where band_code = '{{ code }}'), 0) as {{ code }}_to_days{{ ',' if not loop.last }}
    {% endfor -%}
from {{ rows_of('dim_past_due_bands_as_of', 'as_of_on') }}
where regime = '{{ regime }}'
{%- endmacro %}

{# Whether a number of days past due lies in a range of past_due_bounds. #}
{% macro is_in_band(days, bounds, code) -%}
    {{ days }} between {{ bounds }}.{{ code }}_from_days and {{ bounds }}.{{ code }}_to_days
{%- endmacro %}

{# The range of days past due in which a loan is at the end of a day, by the due date of its oldest overdue instalment. #}
{% macro past_due_range(overdue_since, day) -%}
    case
        when {{ overdue_since }} is null then 'current'
        when date_diff('day', {{ overdue_since }}, {{ day }}) > 180 then 'over_180'
        when date_diff('day', {{ overdue_since }}, {{ day }}) > 90 then 'days_91_180'
        when date_diff('day', {{ overdue_since }}, {{ day }}) > 60 then 'days_61_90'
        when date_diff('day', {{ overdue_since }}, {{ day }}) > 30 then 'days_31_60'
        else 'days_1_30'
    end
{%- endmacro %}
