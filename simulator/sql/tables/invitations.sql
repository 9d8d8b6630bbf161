-- Who invited whom.
SELECT user_id AS invitation_id, inviter_id, user_id AS invitee_id, utc(registered_s) AS invited_at, utc(registered_s) AS created_at
FROM person
WHERE inviter_id IS NOT NULL AND is_known(registered_s)
ORDER BY invitation_id
