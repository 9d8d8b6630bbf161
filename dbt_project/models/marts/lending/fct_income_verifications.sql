-- Since when a user's income or employment is verified.
select user_id, min(verified_on) as verified_on
from {{ ref('stg_user_verifications') }}
where outcome = 'passed' and verification_kind in ('income', 'employment')
group by user_id
