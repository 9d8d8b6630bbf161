{# The segments of operating figures. Their names are texts; 'none' is the segment of what has no such attribute. #}

{# A name that the platform chose freely, in quotes where the models use it themselves: for a total, or for what has no such attribute. One
   that begins with a quote gets quotes too, so that no two names become one. #}
{% macro own_name(name) -%}
    case
        when {{ name }} in ('all', 'none', 'unassigned', 'not_rejected') or left({{ name }}, 1) = '"' then '"' || {{ name }} || '"'
        else {{ name }}
    end
{%- endmacro %}

{# Kinds of segments of a listing, columns of dim_listings: each listing is in one segment of each kind. The channel is not among them: it
   comes from marketing. #}
{% macro loan_kinds() -%}
    {{- return(['product', 'operating_mode', 'security', 'repayment_method', 'grade', 'province', 'industry', 'branch', 'institution']) -}}
{%- endmacro %}

{# Those of them that the product decides; applications have them too. #}
{% macro product_kinds() -%} {{- return(['product', 'operating_mode', 'security', 'repayment_method']) -}} {%- endmacro %}

{# Kinds of segments of a person: where they live, what they do, which channel brought their registration. #}
{% macro person_kinds() -%} {{- return(['province', 'industry', 'channel']) -}} {%- endmacro %}

{# Kinds of segments of what people do: those of a loan except the person's own. An application has only those of the product; it is in none
   of the others. #}
{% macro deed_kinds() -%} {{- return(loan_kinds() | reject('in', person_kinds()) | list) -}} {%- endmacro %}

{# Those of them that the product does not decide, and the product. #}
{% macro deed_columns() -%} {{- return(deed_kinds() | reject('in', product_kinds()[1:]) | list) -}} {%- endmacro %}

{# A query of every user with the segments of person_kinds. #}
{% macro people_in_segments() -%}
    select
        person.user_id,
        coalesce({{ own_name('person.province_code') }}, 'none') as province,
        coalesce({{ own_name('person.industry_code') }}, 'none') as industry,
        coalesce(registration.channel, 'none') as channel
    from {{ ref('ldg_users') }} as person
    left join {{ ref('fct_registrations') }} as registration on registration.user_id = person.user_id
{%- endmacro %}

{# A common table expression `<name>_sums`: sums of the relation `name` per day, population and segment, and in total. The columns of `name`
   contain its segments and are never null. `measures` maps a column to an aggregate. Segments that the product decides are added up from
   the products, and the total from the segments of one kind: grouping all rows again costs much more. #}
{% macro sums_by_segment(name, kinds, measures) %}
{%- set apart = kinds | reject('in', product_kinds()[1:]) | list -%}
{%- set added %}{% for measure in measures %}sum({{ measure }}) as {{ measure }}{{ ', ' if not loop.last }}{% endfor %}{% endset %}
{{ name }}_apart as {{ found_once() }} (
    select
        day_on,
        is_promotional,
        case{% for kind in apart %} when {{ kind }} is not null then '{{ kind }}'{% endfor %} end as segment_kind,
        coalesce({{ apart | join(', ') }}) as segment_id,
        {%- for measure, total in measures.items() %}
        {{ total }} as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ name }}
    group by grouping sets (
        {%- for kind in apart %}
        (day_on, is_promotional, {{ kind }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
),

{{ name }}_sums as {{ found_once() }} (
    select * from {{ name }}_apart
    union all
    select day_on, is_promotional, 'total', 'all', {{ added }}
    from {{ name }}_apart
    where segment_kind = '{{ apart[0] }}'
    group by day_on, is_promotional
    {%- for kind in product_kinds()[1:] if kind in kinds %}
    union all
    select part.day_on, part.is_promotional, '{{ kind }}', coalesce(product.{{ kind }}, 'none'), {{ added }}
    from {{ name }}_apart as part
    left join products as product on product.product = part.segment_id
    where part.segment_kind = 'product'
    group by part.day_on, part.is_promotional, coalesce(product.{{ kind }}, 'none')
    {%- endfor %}
)
{%- endmacro %}

{# A query: rows of a mutable table that are new to this build, each with the version known before (null where there was none): the current
   values in the columns themselves, the earlier ones in known_…. #}
{% macro changed_versions(table_name, columns) -%}
    {%- set table = contract_tables()[table_name] -%}
    select
        {%- for column in columns %}
        now.{{ column }},
        known.{{ column }} as known_{{ column }},
        {%- endfor %}
        now.deleted_at is null as is_there,
        known._load_seq is not null and known.deleted_at is null as was_there
    from {{ ref('stg_' ~ table_name) }} as now
    left join (
        select *
        from {{ source('lake', table_name) }}
        where _load_seq <= {{ seen_load_seq() }} and {{ table.key[0] }} in (select {{ table.key[0] }} from {{ source('arrivals', table_name) }})
        qualify row_number() over (partition by {{ table.key | join(', ') }} order by updated_at desc, _load_seq desc, file_row_number desc) = 1
    ) as known on {% for part in table.key %}known.{{ part }} = now.{{ part }}{{ ' and ' if not loop.last }}{% endfor %}
    where now._load_seq > {{ seen_load_seq() }}
{%- endmacro %}

{# A query: what makes a person active, on which day, as lender or borrower, in a promotional loan or another, with the segments of
   deed_columns: lenders invested or bought a claim, borrowers applied or repaid. One row per action, not per day. #}
{% macro doings() %}
{{ lender_doings() }}
union all
select
    application.borrower_id, application.applied_on, false, coalesce(product.is_promotional, false), false,
    {% for kind in deed_columns() %}{{ 'application.product_id::varchar' if kind == 'product' else "'none'" }}{{ ', ' if not loop.last }}{% endfor %}
from {{ ref('stg_loan_applications') }} as application
left join {{ ref('stg_products') }} as product on product.product_id = application.product_id
where application.deleted_at is null
union all
select loan.borrower_id, repayment.paid_on, false, loan.is_promotional, false, listing.{{ deed_columns() | join(', listing.') }}
from {{ ref('stg_repayments') }} as repayment
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayment.loan_id
inner join {{ ref('dim_listings') }} as listing on listing.loan_id = loan.loan_id
where repayment.payer_kind = 'borrower' and repayment.principal + repayment.interest + repayment.penalty + repayment.fee > 0
{%- endmacro %}

{# Those of them that lenders did. #}
{% macro lender_doings() -%}
select
    investment.lender_id as user_id, investment.invested_on as day_on, true as is_lender, listing.is_promotional, true as is_investment,
    listing.{{ deed_columns() | join(', listing.') }}
from {{ ref('stg_investments') }} as investment
inner join {{ ref('dim_listings') }} as listing on listing.loan_id = investment.loan_id
union all
select sale.buyer_id, sale.transferred_on, true, listing.is_promotional, false, listing.{{ deed_columns() | join(', listing.') }}
from {{ ref('stg_claim_transfers') }} as sale
inner join {{ ref('dim_listings') }} as listing on listing.loan_id = sale.loan_id
{%- endmacro %}

{# Before days are added again: removes those that this build can have changed. #}
{% macro forget_changed_business() -%}
    {%- set days = ref('rpt_operations_days') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where day_on >= (select coalesce(min(affected_from), {{ open_end() }}) from {{ days }})
    {%- endif -%}
{%- endmacro %}

{# The same for whole months. #}
{% macro forget_changed_months() -%}
    {%- set days = ref('rpt_operations_days') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where month_on >= (select date_trunc('month', coalesce(min(affected_from), {{ open_end() }}))::date from {{ days }})
    {%- endif -%}
{%- endmacro %}

{# The same for the stored figures: days that are computed again, or are no longer stored. #}
{% macro forget_changed_segments() -%}
    {%- set days = ref('rpt_operations_days') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where as_of_on not in (select day_on from {{ days }} where is_month_end and not must_compute)
    {%- endif -%}
{%- endmacro %}

{# Whether a day is one that this build may have changed; in a full build every day is. #}
{% macro is_affected(day) -%}
    {%- set days = ref('rpt_operations_days') -%}
    {%- if is_incremental() -%} {{ day }} >= (select min(changed.affected_from) from {{ days }} as changed) {%- else -%} true {%- endif -%}
{%- endmacro %}

{# In a select from a relation with one row per segment: one row per figure. `figures` are (code, numerator, denominator of a ratio or none,
   kinds of segments besides the total). #}
{% macro figures_of(figures) -%}
    {%- set structs = [] -%}
    {%- for code, numerator, denominator, kinds in figures -%}
        {%- do structs.append(
            "{'code': '" ~ code ~ "', 'numerator': (" ~ numerator ~ ")::decimal(38, 8), 'denominator': (" ~ (denominator or 'null')
            ~ ")::decimal(38, 8), 'is_ratio': " ~ ('true' if denominator else 'false') ~ ", 'kinds': ',total," ~ kinds | join(',') ~ ",'}"
        ) -%}
    {%- endfor -%}
    segment_kind, segment_id, {{ row_each(structs) }}
{%- endmacro %}
