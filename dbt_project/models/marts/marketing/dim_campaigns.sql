-- Campaigns by the code that sessions carry, as tag_key() reads it; of several with one code the first. Grain: one row per campaign_code.
select
    {{ own_name('min_by(code, campaign_id) filter (code is not null)') }} as campaign_code,
    {{ tag_key('code') }} as tag_code,
    min_by(name, campaign_id) filter (name is not null) as campaign_name,
    min_by(campaign_kind, campaign_id) filter (campaign_kind is not null) as campaign_kind,
    min(campaign_id) as campaign_id,
    count(*) as campaigns_count
from {{ ref('stg_campaigns') }}
where deleted_at is null
group by {{ tag_key('code') }}
