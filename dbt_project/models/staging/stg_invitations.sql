{{ config(materialized='view') }}

{{ staged_append('invitations', [
    'invitation_id',
    'inviter_id',
    'invitee_id',
    'invited_at',
    business_date('invited_at') ~ ' as invited_on'
], is_kept=false) }}
