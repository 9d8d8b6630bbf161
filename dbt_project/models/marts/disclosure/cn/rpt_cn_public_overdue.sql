{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days('rpt_cn_days') }}") }}
-- Loans overdue at each month end and on the latest day, by the ranges of days past due in the law. A range without loans has a row of
-- zeros. Grain: one row per as_of_on and band_code.
select
    days.day_on as as_of_on,
    days.is_month_end,
    bands.band_code,
    bands.past_due_from_days,
    nullif(bands.past_due_to_days, {{ endless_days() }}) as past_due_to_days,
    coalesce(bands.loans_count, 0)::bigint as loans_count,
    coalesce(bands.outstanding_amount, 0)::decimal(38, 2) as outstanding_amount,
    coalesce(bands.overdue_amount, 0)::decimal(38, 2) as overdue_amount
from {{ ref('rpt_cn_days') }} as days,
    lateral (
        select band.band_code, band.past_due_from_days, band.past_due_to_days, part.loans_count, part.outstanding_amount, part.overdue_amount
        from {{ rows_of('dim_past_due_bands_as_of', 'days.day_on') }} as band
        left join (
            select segment_id, loans_count, outstanding_amount, overdue_amount
            from {{ rows_of('rpt_cn_portfolio_as_of', 'days.day_on') }}
            where segment_kind = 'cn_past_due_band'
        ) as part on part.segment_id = band.band_code
        where band.regime = 'cn' and band.band_code <> 'doubtful'
    ) as bands
where days.must_compute
