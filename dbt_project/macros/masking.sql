{# How a person is shown outside the warehouse (disclosure of section D; Personal Information Protection Law). A text that is too short to
   mask is hidden completely. #}

{# A name: its first character and two asterisks. #}
{% macro masked_name(name) -%}
    case when length({{ name }}) > 1 then left({{ name }}, 1) || '**' when {{ name }} is not null then '**' end
{%- endmacro %}

{# An identity number: its first and last character, with one asterisk per character between. #}
{% macro masked_number(number) -%}
    case
        when length({{ number }}) > 2 then left({{ number }}, 1) || repeat('*', length({{ number }})::integer - 2) || right({{ number }}, 1)
        when {{ number }} is not null then repeat('*', length({{ number }})::integer)
    end
{%- endmacro %}

{# A text written by people: hides what looks like a person's number (six digits and more) or an e-mail address. #}
{% macro masked_text(text) -%}
    regexp_replace(regexp_replace({{ text }}, '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+', '**', 'g'), '[0-9]{5,}[0-9Xx]', '**', 'g')
{%- endmacro %}
