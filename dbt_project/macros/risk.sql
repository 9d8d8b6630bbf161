{# Shared by the models of risk: ranges of days past due, shares of groups that are large enough, square roots, and which stored months are
   out of date. #}

{# The ranges of days past due between which roll rates move outstanding principal, best first; in the last two the loss is realised. #}
{% macro buckets() -%}
    {%- do return(['current', 'days_1_30', 'days_31_60', 'days_61_90', 'days_91_180', 'over_180', 'lost']) -%}
{%- endmacro %}

{# The bucket of a loan at the end of a day, by the due date of the oldest overdue instalment. A loan with an instalment that the borrower
   still owes is not repaid, even if the lenders have everything back. What is written off is lost while any of it is owed. #}
{% macro bucket_of(outstanding, overdue_since, day, written_off_on) -%}
    case
        when {{ outstanding }} <= 0 and {{ overdue_since }} is null then 'repaid'
        when {{ written_off_on }} <= {{ day }} then 'lost'
        else {{ past_due_range(overdue_since, day) }}
    end
{%- endmacro %}

{# part ÷ whole as a share of six digits, rounded half up, both whole numbers; null for a whole of 0 and for a group below the minimum. #}
{% macro share_of_group(part, whole, people, least) -%}
    case when {{ people }} >= {{ least }} and {{ whole }} > 0
        then cast({{ shown(rounded_quotient('(' ~ part ~ ') * ' ~ ten_to(6), whole), 6) }} as decimal(12, 6)) end
{%- endmacro %}

{# A query of one row: the minimum number of people in a group for which a rate is shown. #}
{% macro smallest_group() -%}
    select greatest({{ in_force('value') }}::integer, 1) as people_count from {{ ref('marketing_parameters') }} where name = 'minimum_group_count'
{%- endmacro %}

{# A query of one row: whether the home regime counts promotional loans on the latest day. #}
{% macro home_population() -%}
    select counts_promotional
    from {{ ref('dim_regime_readings') }}
    where is_home and valid_from <= {{ latest_business_date() }} and valid_to > {{ latest_business_date() }}
{%- endmacro %}

{# A query of one row per loan that is 12 months old and was assessed: the probability that was assessed, and whether its borrower was more
   than 90 days past due within these months. #}
{% macro assessed_loans() -%}
    select
        risk.loan_id,
        risk.credit_grade,
        risk.expected_default_rate,
        lpad(cast({{ divided(eighths('risk.expected_default_rate'), ten_to(6)) }} as varchar), 3, '0') || ' %' as assessed_band,
        coalesce(risk.first_over_90_on <= (risk.disbursed_on + interval 12 month)::date, false) as is_default
    from {{ ref('fct_loan_risk') }} as risk
    inner join ({{ home_population() }}) as population on population.counts_promotional or not risk.is_promotional
    where risk.expected_default_rate is not null and (risk.disbursed_on + interval 12 month)::date <= {{ latest_business_date() }}
{%- endmacro %}

{# Common table expressions, the last one called `<name>`: the rows of `relation` with `<name>_root`, the whole part of the square root of
   the whole number `square` (> 0). Newton's steps from above; as many as 38 digits need. #}
{% macro with_square_root(name, relation, square) -%}
{%- set steps = 12 -%}
{%- set half_digits = divided('length(cast(' ~ square ~ ' as varchar)) + 1', '2') %}
{{ name }}_0 as (select *, {{ ten_to_the('cast(' ~ half_digits ~ ' as integer)') }} as guess from {{ relation }}),

{% for step in range(1, steps + 1) -%}
{{ name ~ '_' ~ step if step < steps else name }} as (
    select * exclude (guess), least(guess, {{ divided('guess + ' ~ divided(square, 'guess'), '2') }}) as {{ 'guess' if step < steps else name ~ '_root' }}
    from {{ name }}_{{ step - 1 }}
){{ ',\n' if step < steps }}
{% endfor -%}
{%- endmacro %}

{# The first day on which this build may know other states, grades or write-offs than the build before. #}
{% macro risk_changed_from() -%}
    {%- set touched, risks = ref('ldg_touched_loans'), ref('fct_loan_risk') -%}
    {%- set known_risks = previous('fct_loan_risk') -%}
    (
        select coalesce(min(changed.affected_from), {{ open_end() }})
        from (
            select affected_from from {{ touched }}
            union all
            select
                case
                    when risk.credit_grade is distinct from known.credit_grade then risk.disbursed_on
                    else least(coalesce(risk.written_off_on, {{ open_end() }}), coalesce(known.written_off_on, {{ open_end() }}))
                end
            from {{ risks }} as risk
            inner join {{ known_risks }} as known on known.loan_id = risk.loan_id
            where {{ differ('risk', 'known', ['credit_grade', 'written_off_on']) }}
        ) as changed
    )
{%- endmacro %}

{# Before roll rates are added: removes the month ends that may have changed in this build, or whose next month end did not exist yet. #}
{% macro forget_changed_rolls() -%}
    {%- set touched, risks = ref('ldg_touched_loans'), ref('fct_loan_risk') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where last_day(month_end_on + 1) >= {{ risk_changed_from() }}
            or last_day(month_end_on + 1) > (select max(known.month_end_on) from {{ this }} as known)
    {%- endif -%}
{%- endmacro %}

{# One whole number that orders by day first, then by a number of at most 17 digits. #}
{% macro oldest_first(day, number) -%}
    {{ as_whole("date_diff('day', " ~ open_start() ~ ", " ~ day ~ ")") }} * {{ ten_to(18) }} + {{ number }}
{%- endmacro %}
