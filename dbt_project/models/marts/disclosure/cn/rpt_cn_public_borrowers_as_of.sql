{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What may be said of each borrower who had a project in public by a month end up to the day: the same on every day.
select * from {{ ref('rpt_cn_public_borrowers') }}
where first_shown_on <= as_of_on
