{# A figure as a row of a list (row_each): its code, numerator and denominator. Without a denominator the numerator is the figure. #}
{% macro figure_row(code, numerator, denominator='null') -%}
    {'code': '{{ code }}', 'numerator': ({{ numerator }})::decimal(38, 8), 'denominator': ({{ denominator }})::decimal(38, 8)}
{%- endmacro %}

{# A sum over a month that may have no rows. #}
{% macro none_is_0(total) -%} coalesce({{ total }}, 0) {%- endmacro %}

{# Figures of what people cost and are worth, columns of rpt_marketing_economics: code, column, numerator and denominator of a ratio or
   none, and which group of people must be large enough. #}
{% macro worth_figures() -%}
    {%- set told = [
        ('MK-F01', 'registered_share', none, none, none), ('MK-F02', 'verified_share', none, none, none),
        ('MK-F03', 'lender_share', none, none, none), ('MK-F04', 'borrower_share', none, none, none),
        ('MK-F05', 'cost_per_registered_amount', 'cost_amount', 'registered_share', 'registered'),
        ('MK-F06', 'cost_per_verified_amount', 'cost_amount', 'verified_share', 'verified'),
        ('MK-F07', 'cost_per_lender_amount', 'cost_amount', 'lender_share', 'lender'),
        ('MK-F08', 'cost_per_borrower_amount', 'cost_amount', 'borrower_share', 'borrower'),
        ('MK-F09', 'revenue_amount', none, none, none), ('MK-F10', 'realised_loss_amount', none, none, none),
        ('MK-F11', 'lenders_loss_amount', none, none, none), ('MK-F12', 'expected_loss_amount', 'expected_loss_amount', none, none),
        ('MK-F13', 'cost_per_borrower_after_loss_amount', 'cost_amount + realised_loss_amount', 'borrower_share', 'borrower'),
        ('MK-F26', 'roi_rate', 'revenue_365_amount - cost_amount', 'cost_amount', 'registered'),
        ('MK-F27', 'roi_after_loss_rate', 'revenue_365_amount - realised_loss_365_amount - cost_amount', 'cost_amount', 'registered'),
        ('MK-F28', 'payback_months', none, none, none), ('MK-F29', 'disbursed_amount', none, none, none),
        ('MK-F30', 'lent_amount', none, none, none), ('MK-F31', 'position_amount', none, none, none),
        ('MK-F32', 'withdrawn_amount', none, none, none),
    ] -%}
    {%- for days in value_windows() -%}
        {%- set revenue, number = 'revenue_' ~ days ~ '_amount', 14 + 3 * loop.index0 -%}
        {%- for less in ('', '_after_loss', '_after_expected_loss') -%}
            {%- set part = revenue if not less else revenue ~ ' - ' ~ ('realised' if less == '_after_loss' else 'expected') ~ '_loss_' ~ days ~ '_amount' -%}
            {%- do told.append(('MK-F' ~ (number + loop.index0), 'ltv_' ~ days ~ less ~ '_amount', part, 'registered_share', 'registered')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for months in compared_book_months() -%}
        {%- set number, lent = 33 + 2 * loop.index0, 'book_' ~ months -%}
        {%- for days in (30, 90) -%}
            {%- set late = lent ~ '_over_' ~ days -%}
            {%- do told.append(('MK-F' ~ (number + loop.index0), late ~ '_share', late ~ '_amount', lent ~ '_amount', 'borrower')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(told) -}}
{%- endmacro %}

{# One of these figures as a row of a list (row_each). A sum of shares is a number of people. #}
{% macro worth_row(code, column, numerator, denominator, people) -%}
    {%- set counted = ['registered_share', 'verified_share', 'lender_share', 'borrower_share'] -%}
    {'code': '{{ code }}',
        'known_value': ({{ none_is_0(people_of_share(column)) if column in counted else column }})::decimal(38, 8),
        'numerator': ({{ numerator or 'null' }})::decimal(38, 8),
        'denominator': ({{ people_of_share(denominator) if denominator in counted else denominator or 'null' }})::decimal(38, 8),
        'people': ({{ people_of_share(people ~ '_share') if people else 'null' }})::decimal(38, 8)}
{%- endmacro %}
{% macro people_of_share(share) -%} {{ shown(rounded_quotient(share, ten_to(16)), 8) }} {%- endmacro %}
