-- When a user first paid money in.
{{ first_of_each_user('fund_movements', 'occurred_at', {'deposited_at': "(movement_kind = 'deposit' and amount > 0)"}) }}
