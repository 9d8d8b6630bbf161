-- The repayments of repayments.sql, numbered {first} to {last}, in the SQL of MariaDB.
insert into repayments
select
    seq, seq div 12 + 1, seq % 12 + 1, booked_at, (seq * 7919 % 100000) / 100.0 + 100, (seq * 104729 % 3000) / 100.0,
    case when seq % 50 = 0 then 1.23 else 0 end, 0.50, 'borrower', 'lenders', null, booked_at
from (select seq, timestamp'2018-01-01 00:00:00' + interval seq * 12500000 microsecond as booked_at from seq_{first}_to_{last}) as booked
