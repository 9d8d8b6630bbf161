-- Campaigns by the code that sessions carry; of several under one code the first. Grain: one row a campaign_code.
select
    code as campaign_code,
    min_by(name, campaign_id) filter (name is not null) as campaign_name,
    min_by(campaign_kind, campaign_id) filter (campaign_kind is not null) as campaign_kind
from {{ ref('stg_campaigns') }}
where deleted_at is null
group by code
