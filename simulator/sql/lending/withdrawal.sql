-- What lenders withdraw after a loan has ended: the last holder of a slice, four fifths of the principal put in.
CREATE OR REPLACE TEMP TABLE withdrawn AS
SELECT
    s.investment_id, s.slice_no, s.k, coalesce(s.third_buyer, s.second_buyer, s.first_buyer, s.holder) AS user_id,
    s.last_bought * 4 // 5 AS amount,
    e.settled_s + 3600 + r('withdrawn', 2 * s.investment_id + s.slice_no % 2, 260000) AS withdrawn_s
FROM slice AS s
INNER JOIN ending AS e ON s.k = e.k
WHERE chance('withdraws', 2 * s.investment_id + s.slice_no % 2, 7000) AND s.last_bought * 4 // 5 > 0;
