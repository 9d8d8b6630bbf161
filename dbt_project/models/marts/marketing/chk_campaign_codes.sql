{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per group of campaigns whose codes are the same after tag_key(): sessions and costs of all of them count for the first.
select 'campaign ' || campaign_id as entity, 'code' as field, campaign_code as masked_value,
    campaigns_count || ' campaigns have the code ' || campaign_code || '; all counts as the first' as message
from {{ ref('dim_campaigns') }}
where as_of_on is not null and campaigns_count > 1
