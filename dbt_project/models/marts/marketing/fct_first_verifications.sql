-- When a user first passed each verification that is a step of a lender.
{{ first_of_each_user('user_verifications', 'verified_at', {
    'mobile_verified_at': "(outcome = 'passed' and verification_kind = 'mobile')",
    'real_name_verified_at': "(outcome = 'passed' and verification_kind = 'real_name')",
    'bank_card_verified_at': "(outcome = 'passed' and verification_kind = 'bank_card')"
}) }}
