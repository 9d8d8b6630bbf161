-- One row per instalment of a disbursed loan, with what each plan version says of it.
-- Principal is the difference of rounded balances, so that it adds up to the amount to the cent, whatever the method.
CREATE OR REPLACE TEMP TABLE instalment AS
WITH numbered AS (
    SELECT
        l.k, i.n, l.amount, l.rate, l.fee_rate, l.is_fee_monthly, l.term_months, l.instalment_count,
        l.repayment_method, l.settled_early_no, l.settled_s, l.extension_months, l.trouble_no, l.disbursed_s,
        (l.disbursed_on
            + to_months((CASE WHEN l.instalment_count = 1 THEN l.term_months ELSE i.n END)::INTEGER))::DATE AS due_on
    FROM listing AS l, LATERAL (SELECT unnest(range(1, l.instalment_count + 1)) AS n) AS i
    WHERE l.fate = 'disbursed'
),

balanced AS (
    SELECT
        n.*, a.payment_share,
        CASE n.repayment_method
            WHEN 'equal_instalment' THEN nearest(n.amount * a.share_before, 10000000000)
            WHEN 'equal_principal' THEN n.amount - (n.n - 1) * (n.amount // n.instalment_count)
            ELSE n.amount
        END AS balance_before,
        CASE
            WHEN n.n = n.instalment_count THEN 0
            WHEN n.repayment_method = 'equal_instalment' THEN nearest(n.amount * a.share_after, 10000000000)
            WHEN n.repayment_method = 'equal_principal' THEN n.amount - n.n * (n.amount // n.instalment_count)
            ELSE n.amount
        END AS balance_after
    FROM numbered AS n
    LEFT JOIN annuity AS a
        ON n.repayment_method = 'equal_instalment' AND n.rate = a.rate AND n.term_months = a.term_months AND n.n = a.n
)

SELECT
    k, n, disbursed_s, due_on,
    balance_before - balance_after AS principal,
    CASE
        WHEN repayment_method = 'bullet' THEN nearest(amount * rate * term_months, 12000)
        WHEN repayment_method = 'equal_instalment' AND n < instalment_count
            THEN nearest(amount * payment_share, 10000000000) - principal
        ELSE nearest(balance_before * rate, 12000)
    END AS interest,
    CASE WHEN is_fee_monthly THEN nearest(amount * fee_rate, 12000) ELSE 0 END AS fee,
    -- What the second plan says: an extension keeps every instalment and moves the rest; an early settlement ends here.
    CASE
        WHEN extension_months IS NOT NULL AND n >= trouble_no THEN (due_on + to_months(extension_months::INTEGER))::DATE
        WHEN extension_months IS NOT NULL OR n < settled_early_no THEN due_on
        WHEN n = settled_early_no THEN day_of(settled_s)
    END AS second_due_on,
    CASE WHEN n = settled_early_no THEN balance_before ELSE principal END AS second_principal
FROM balanced;
