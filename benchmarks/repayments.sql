-- Repayments numbered {first} to {last} of a platform that books one every 12.5 seconds: amounts of all sizes, penalties now and then.
insert into repayments
select
    n, n / 12 + 1, n % 12 + 1, booked.at, (n * 7919 % 100000) / 100.0 + 100, (n * 104729 % 3000) / 100.0,
    case when n % 50 = 0 then 1.23 else 0 end, 0.50, 'borrower', 'lenders', null, booked.at
from generate_series({first}::bigint, {last}::bigint) as n
cross join lateral (select timestamptz '2018-01-01 00:00+00' + n * interval '12.5 seconds' as at) as booked
