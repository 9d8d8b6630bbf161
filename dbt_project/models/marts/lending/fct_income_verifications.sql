-- Since when a user's income or employment is verified.
{{ first_of_each_user('user_verifications', 'verified_on', {
    'verified_on': "(outcome = 'passed' and verification_kind in ('income', 'employment'))"
}) }}
