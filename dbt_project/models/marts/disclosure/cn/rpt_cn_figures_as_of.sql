{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- depends_on: {{ ref('rpt_cn_loans_as_of') }}
-- depends_on: {{ ref('rpt_cn_borrowers_as_of') }}
-- Every figure of sections A and B on a day: the one definition behind month ends, the latest day and any day asked for.
-- Parts are integers in units of 10^-8; a quotient is rounded half up once, to the decimals of its figure.
with
loans as (
    select * from {{ rows_of('rpt_cn_totals_as_of', 'as_of_on') }}
),

compensations as (
    select coalesce(sum(compensated_amount), 0) as compensated_amount, count(*) filter (where compensated_amount > 0) as compensated_loans_count
    from {{ rows_of('rpt_cn_compensations_as_of', 'as_of_on') }}
),

lenders as (
    select
        coalesce(sum(lenders_count), 0) as lenders_count,
        coalesce(sum(current_lenders_count), 0) as current_lenders_count,
        coalesce(sum(top_ten_position_amount), 0) as top_ten_position_amount,
        coalesce(sum(largest_position_amount), 0) as largest_position_amount
    from {{ rows_of('rpt_cn_lenders_as_of', 'as_of_on') }}
),

listings as (
    select count(*) as listings_count, coalesce(sum(funding_seconds), 0) as funding_seconds
    from {{ rows_of('rpt_cn_listings_as_of', 'as_of_on') }}
),

fee_kinds as (
    select fee_kind, sum(amount) as amount
    from {{ rows_of('rpt_cn_fees_as_of', 'as_of_on') }}
    group by fee_kind
),

fees as (
    select
        coalesce(sum(amount), 0) as fees_amount,
        string_agg(fee_kind || ' ' || amount::decimal(34, 2)::varchar, '; ' order by fee_kind) as note
    from fee_kinds
),

complaints as (
    select
        coalesce(sum(received_count), 0) as received_count,
        coalesce(sum(resolved_count), 0) as resolved_count,
        coalesce(sum(open_count), 0) as open_count
    from {{ rows_of('rpt_cn_complaints_as_of', 'as_of_on') }}
),

promotional as (
    select count(*) as loans_count
    from {{ ref('ldg_loans') }}
    where is_promotional and disbursed_on <= as_of_on
),

readings as (
    select * from {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }}
),

based as (
    select
        loans.*, compensations.*, lenders.*, listings.*, fees.fees_amount, fees.note as fees_note, complaints.*,
        case
            when readings.counts_promotional or promotional.loans_count = 0 then null
            else 'promotional loans left out: ' || promotional.loans_count
        end as scope_note
    from loans, compensations, lenders, listings, fees, complaints, promotional, readings
),

parts as (
    {# code, numerator, denominator (none for a plain figure), note #}
    {%- set figures = [
        ('CN-A01', 'amount', none, 'scope_note'),
        ('CN-A02', 'loans_count', none, 'scope_note'),
        ('CN-A03', 'outstanding_amount', none, none),
        ('CN-A04', 'outstanding_loans_count', none, none),
        ('CN-A05', 'interest_outstanding_amount', none, none),
        ('CN-A06', 'lenders_count', none, none),
        ('CN-A07', 'borrowers_count', none, none),
        ('CN-A08', 'current_lenders_count', none, none),
        ('CN-A09', 'outstanding_borrowers_count', none, none),
        ('CN-A10', 'top_ten_borrowers_amount', 'outstanding_amount', none),
        ('CN-A11', 'largest_borrower_amount', 'outstanding_amount', none),
        ('CN-A12', 'related_party_outstanding_amount', none, none),
        ('CN-A13', 'related_party_loans_count', none, none),
        ('CN-A14', 'overdue_amount', none, none),
        ('CN-A15', 'overdue_loans_count', none, none),
        ('CN-A16', 'over_90_amount', none, none),
        ('CN-A17', 'over_90_loans_count', none, none),
        ('CN-A18', 'compensated_amount', none, none),
        ('CN-A19', 'compensated_loans_count', none, none),
        ('CN-A20', 'fees_amount', none, 'fees_note'),
        ('CN-B01', 'overdue_loans_count', 'outstanding_loans_count', none),
        ('CN-B02', 'overdue_amount', 'rate_base_amount', none),
        ('CN-B03', 'overdue_1_90_loans_count', 'outstanding_loans_count', none),
        ('CN-B04', 'overdue_91_180_loans_count', 'outstanding_loans_count', none),
        ('CN-B05', 'overdue_over_180_loans_count', 'outstanding_loans_count', none),
        ('CN-B06', 'overdue_1_90_amount', 'rate_base_amount', none),
        ('CN-B07', 'overdue_91_180_amount', 'rate_base_amount', none),
        ('CN-B08', 'overdue_over_180_amount', 'rate_base_amount', none),
        ('CN-B09', 'amount', 'borrowers_count', none),
        ('CN-B10', 'amount', 'loans_count', none),
        ('CN-B11', 'amount', 'lenders_count', none),
        ('CN-B12', 'largest_position_amount', 'outstanding_amount', none),
        ('CN-B13', 'top_ten_position_amount', 'outstanding_amount', none),
        ('CN-B14', 'funding_seconds', 'listings_count * 3600', none),
        ('CN-B15', 'month_amount_months', 'month_amount', none),
        ('CN-B16', 'month_amount_rate', 'month_amount', none),
        ('CN-B17', 'month_amount', none, none),
        ('CN-B18', 'month_loans_count', none, none),
        ('CN-B19', 'received_count', none, none),
        ('CN-B20', 'resolved_count', none, none),
        ('CN-B21', 'open_count', none, none),
    ] -%}
    {%- set parts = [] -%}
    {%- for code, numerator, denominator, note in figures -%}
        {%- do parts.append(
            "{'code': '" ~ code ~ "', 'numerator': (" ~ numerator ~ ")::decimal(38, 8), 'denominator': (" ~ (denominator or 'null')
            ~ ")::decimal(38, 8), 'is_ratio': " ~ ('true' if denominator else 'false') ~ ", 'note': " ~ (note or 'null::varchar') ~ "}"
        ) -%}
    {%- endfor %}
    select {{ row_each(parts) }}
    from based
),

eighths as (
    select
        code,
        {{ eighths('numerator') }} as numerator,
        {{ eighths('denominator') }} as denominator,
        is_ratio,
        note
    from parts
),

described as (
    select
        parts.*,
        metric.unit,
        metric.decimals,
        metric.ordinal,
        coalesce(supply.is_missing, false) as is_missing,
        {{ ten_to_the('8 - metric.decimals') }} as step,
        parts.numerator * case when metric.unit = '%' then 100 else 1 end * {{ ten_to_the('metric.decimals') }} as raised
    from eighths as parts
    inner join {{ source('control', 'ctl_metrics') }} as metric on metric.code = parts.code
    left join (
        {{ missing_supplies() }}
    ) as supply on supply.code = parts.code
),

valued as (
    select
        *,
        case
            when is_missing then null
            when not is_ratio then numerator
            when denominator = 0 then null
            else {{ rounded_quotient('case when denominator < 0 then -raised else raised end', 'abs(denominator)') }} * step
        end as value
    from described
)

select
    as_of_on::date as as_of_on,
    code,
    {{ shown('value', 8) }} as value,
    case when not is_missing then {{ shown('numerator', 8) }} end as numerator,
    case when not is_missing then {{ shown('denominator', 8) }} end as denominator,
    unit,
    decimals,
    case when is_missing then 'not supplied' else note end as note
from valued
order by ordinal
