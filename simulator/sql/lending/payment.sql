-- Every application of money to an instalment. `seq` says which of the eight things that can happen to one it is.
CREATE OR REPLACE TEMP TABLE owed AS
SELECT
    i.k, i.n, 40 * i.k + i.n AS instalment_id, l.planted, l.behaviour, l.trouble_no, l.is_compensated, l.compensated_by,
    l.is_collateral_sold, l.collateral_s, l.compensation_days, l.long_days, i.fee, i.interest,
    coalesce(i.second_principal, i.principal) AS principal,
    coalesce(i.second_due_on, i.due_on) AS last_due_on,
    i.n >= l.trouble_no AS is_troubled,
    l.behaviour = 'default' AND is_troubled AS is_unpaid,
    i.n = l.settled_early_no AS is_settlement,
    l.planted IS NULL AND NOT coalesce(is_settlement, FALSE) AND l.behaviour IN ('punctual', 'straggling')
    AND chance('bounce', 40 * i.k + i.n, 100) AS is_bounced,
    CASE
        WHEN l.behaviour = 'extension' AND i.n = l.trouble_no AND r('part', i.k, 100) < 40 THEN TRUE
        WHEN is_unpaid THEN i.n = l.trouble_no AND r('part', i.k, 100) < 40
        ELSE l.planted IS NULL AND NOT coalesce(is_settlement, FALSE) AND NOT is_bounced
            AND chance('split', 40 * i.k + i.n, 300)
    END AS is_split,
    CASE WHEN is_split
        THEN (coalesce(i.second_principal, i.principal) + i.interest) * (10 + r('part_share', 40 * i.k + i.n, 60)) // 100
        ELSE 0 END AS part,
    CASE
        WHEN l.planted IS NOT NULL OR l.behaviour = 'extension' AND NOT is_troubled THEN 0
        WHEN l.behaviour = 'long_late' AND is_troubled THEN l.long_days + r('jitter', 40 * i.k + i.n, 3)
        WHEN l.behaviour = 'early' AND l.instalment_count = 1 THEN -2 - r('early', i.k, 18)
        WHEN l.behaviour = 'straggling' AND r('straggle', 40 * i.k + i.n, 100) < 30
            THEN 1 + r('days_late', 40 * i.k + i.n, 25) * r('days_late', 40 * i.k + i.n, 25) // 25
        WHEN r('habit', 40 * i.k + i.n, 100) < 18 THEN -1 - r('days_early', 40 * i.k + i.n, 3)
        WHEN r('habit', 40 * i.k + i.n, 100) < 22 THEN 1 + r('days_late', 40 * i.k + i.n, 3)
        ELSE 0
    END AS delay_days,
    CASE WHEN is_settlement THEN l.settled_s
        ELSE midnight(last_due_on) + 86400 * delay_days + clock_time('paid', 40 * i.k + i.n) END AS paid_s,
    CASE
        WHEN NOT is_split THEN NULL
        -- A part paid before the extension was granted.
        WHEN l.behaviour = 'extension' AND i.n = l.trouble_no THEN midnight(i.due_on) - 86400 * 7 + clock_time('part', 40 * i.k + i.n)
        WHEN is_unpaid THEN midnight(i.due_on) + 86400 * r('part_day', i.k, 20) + clock_time('part', 40 * i.k + i.n)
        ELSE paid_s
    END AS part_s,
    -- What is left after a part comes one to six days later.
    CASE
        WHEN is_unpaid THEN NULL
        WHEN is_split AND l.behaviour <> 'extension' THEN paid_s + 86400 * (1 + r('rest_day', 40 * i.k + i.n, 6))
        ELSE paid_s
    END AS main_s,
    CASE WHEN is_troubled AND l.is_compensated
        THEN midnight(i.due_on) + 86400 * l.compensation_days + clock_time('compensated', 40 * i.k + i.n) END AS compensated_s,
    -- Half a per mille a day on what is late, from the fourth day on.
    CASE WHEN delay_days > 3 THEN nearest((principal + i.interest) * delay_days * 5, 10000) ELSE 0 END AS penalty,
    least(i.interest, part) AS part_interest,
    part - part_interest AS part_principal
FROM instalment AS i
INNER JOIN listing AS l ON i.k = l.k
WHERE l.settled_early_no IS NULL OR i.n <= l.settled_early_no;

CREATE OR REPLACE TEMP TABLE payment AS
WITH happened AS (
    -- 1: a part, paid by the borrower
    SELECT k, n, instalment_id, 1 AS seq, part_s AS paid_s, part_principal AS principal, part_interest AS interest,
        0 AS penalty, 0 AS fee, 'borrower' AS payer_kind, 'lenders' AS payee_kind
    FROM owed WHERE is_split AND part > 0 AND (compensated_s IS NULL OR part_s < compensated_s)
    UNION ALL
    -- 2: the whole, or what is left of it; to the party that compensated the lenders before, if one did
    SELECT k, n, instalment_id, CASE WHEN compensated_s < main_s THEN 6 ELSE 2 END, main_s,
        principal - CASE WHEN compensated_s < part_s THEN 0 ELSE part_principal END,
        interest - CASE WHEN compensated_s < part_s THEN 0 ELSE part_interest END, penalty, fee,
        'borrower', CASE WHEN compensated_s < main_s THEN compensated_by ELSE 'lenders' END
    FROM owed WHERE main_s IS NOT NULL
    UNION ALL
    -- 3: it bounces
    SELECT k, n, instalment_id, 3, main_s + 86400 + r('bounced', instalment_id, 170000),
        -principal, -interest, -penalty, -fee, 'borrower', 'lenders'
    FROM owed WHERE is_bounced
    UNION ALL
    -- 4: and is paid again
    SELECT k, n, instalment_id, 4,
        main_s + 3 * 86400 + r('again', instalment_id, CASE WHEN r('again_late', instalment_id, 10) < 7 THEN 400000 ELSE 3000000 END),
        principal, interest, penalty, fee, 'borrower', 'lenders'
    FROM owed WHERE is_bounced
    UNION ALL
    -- 5: compensation of what the lenders have not yet received
    SELECT k, n, instalment_id, 5, compensated_s,
        principal - CASE WHEN part_s < compensated_s THEN part_principal ELSE 0 END,
        interest - CASE WHEN part_s < compensated_s THEN part_interest ELSE 0 END,
        0, 0, compensated_by, 'lenders'
    FROM owed WHERE compensated_s IS NOT NULL AND (main_s IS NULL OR compensated_s < main_s)
    UNION ALL
    -- 6: later the borrower pays a part of it to the party that compensated
    SELECT k, n, instalment_id, 6, compensated_s + 86400 * (30 + r('recovered_day', k, 170)) + r('recovered', instalment_id, 30000),
        (principal - part_principal) * (30 + r('recovered_share', k, 71)) // 100,
        (interest - part_interest) * (30 + r('recovered_share', k, 71)) // 100, 0, 0, 'borrower', compensated_by
    FROM owed WHERE compensated_s IS NOT NULL AND main_s IS NULL AND r('recovery', k, 100) < 45
    UNION ALL
    -- 7: the collateral pays what is left
    SELECT k, n, instalment_id, 7, collateral_s, principal - part_principal, interest - part_interest, 0, 0, 'borrower', 'lenders'
    FROM owed WHERE is_unpaid AND is_collateral_sold
),

numbered AS (
    SELECT
        h.*, 8 * instalment_id + seq AS repayment_id,
        CASE WHEN seq = 3 THEN 8 * instalment_id + 2 END AS reverses_repayment_id,
        -- One row in a hundred reaches the books hours or days later.
        paid_s + CASE WHEN chance('late', 8 * instalment_id + seq, 100) AND NOT o.is_bounced AND o.planted IS NULL
            THEN 7200 + r('late_by', 8 * instalment_id + seq, 250000) ELSE 0 END AS known_s
    FROM happened AS h
    INNER JOIN (SELECT k AS kk, n AS nn, is_bounced, planted FROM owed) AS o ON h.k = o.kk AND h.n = o.nn
)

SELECT * FROM numbered WHERE principal <> 0 OR interest <> 0 OR penalty <> 0 OR fee <> 0;

-- When a loan ends for its lenders: the books know the last payment; null when it never ends.
CREATE OR REPLACE TEMP TABLE ending AS
SELECT l.k, max(p.known_s) AS settled_s
FROM listing AS l
INNER JOIN payment AS p ON l.k = p.k AND p.payee_kind = 'lenders'
WHERE l.behaviour <> 'default' OR l.is_compensated OR l.is_collateral_sold
GROUP BY l.k;
