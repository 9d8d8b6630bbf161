-- Registered people. Names, numbers and accounts are invented: no region is 990000, no mobile begins with 100.
WITH known AS (
    SELECT
        p.*, if_known(p.real_name_s, p.real_name_s) AS named_s, if_known(p.bank_card_s, p.bank_card_s) AS card_s,
        CASE WHEN NOT is_active AND NOT is_hunter AND r('closes', user_id, 100) < 4
            THEN registered_s + 86400 * (120 + r('closed', user_id, 500)) END AS closed_s,
        CASE WHEN is_hunter AND r('caught', user_id, 100) < 30
            THEN registered_s + 86400 * (20 + r('frozen', user_id, 30)) END AS frozen_s,
        CASE WHEN r('moves', user_id, 100) < 3 THEN registered_s + 86400 * (60 + r('moved', user_id, 600)) END AS new_mobile_s,
        DATE '1955-01-01' + r('birth', user_id, 16500)::INTEGER AS born_on,
        ['11','12','13','14','21','31','32','33','34','35','36','37','41','42','43','44','45','50','51','52','53','61','62']
            [1 + r('province', user_id, 23)] AS province,
        r('female', user_id, 100) < 44 AS is_female
    FROM person AS p
    WHERE is_known(p.registered_s)
)
SELECT
    k.user_id,
    CASE WHEN is_enterprise THEN 'enterprise' ELSE 'individual' END AS user_kind,
    utc(registered_s) AS registered_at,
    CASE
        WHEN named_s IS NULL THEN NULL
        WHEN is_enterprise THEN one_of('firm', k.user_id, ['恒', '盛', '远', '华', '泰', '瑞', '鑫', '嘉'])
            || one_of('firm2', k.user_id, ['达', '通', '源', '丰', '隆', '和', '兴', '诚'])
            || one_of('firm3', k.user_id, ['贸易', '实业', '科技', '建材', '食品', '物流', '纺织', '机械'])
            || (k.user_id % 1000) || '号（模拟）有限公司'
        ELSE one_of('surname', k.user_id, ['王', '李', '张', '刘', '陈', '杨', '赵', '黄', '周', '吴', '徐', '孙', '胡', '朱', '高',
                '林', '何', '郭', '马', '罗'])
            || CASE WHEN r('two', k.user_id, 100) < 70 THEN one_of('given', k.user_id, ['伟', '秀', '志', '丽', '建', '晓', '文', '海',
                '春', '国', '玉', '明', '雪', '天', '子', '思']) ELSE '' END
            || one_of('given2', k.user_id, ['芳', '娜', '敏', '静', '强', '磊', '军', '洋', '勇', '艳', '杰', '涛', '超', '霞', '平', '刚'])
    END AS legal_name,
    CASE
        WHEN named_s IS NULL THEN NULL
        WHEN is_enterprise THEN '99990000SIM' || lpad(k.user_id::VARCHAR, 7, '0')
        ELSE '990000' || strftime(born_on, '%Y%m%d') || lpad((k.user_id % 1000)::VARCHAR, 3, '0')
            || one_of('check', k.user_id, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X'])
    END AS id_number,
    CASE WHEN coalesce(if_known(new_mobile_s, TRUE), FALSE) THEN '1009' ELSE '1000' END
        || lpad((k.user_id % 10000000)::VARCHAR, 7, '0') AS mobile,
    CASE WHEN r('mail', k.user_id, 100) < 35 THEN 'user' || k.user_id || '@sim.invalid' END AS email,
    CASE WHEN card_s IS NOT NULL THEN '999900' || lpad(k.user_id::VARCHAR, 13, '0') END AS bank_account_no,
    CASE WHEN is_enterprise OR named_s IS NULL THEN NULL WHEN is_female THEN 'female' ELSE 'male' END AS gender,
    CASE WHEN NOT is_enterprise AND named_s IS NOT NULL THEN born_on END AS birth_date,
    CASE WHEN r('hidden', k.user_id, 100) < 96 THEN province END AS province_code,
    CASE WHEN person_kind IN ('borrower', 'refused')
        THEN ['A', 'C', 'E', 'F', 'G', 'H', 'I', 'K', 'L', 'O', 'P', 'Q', 'R'][1 + r('industry', k.user_id, 13)]
    END AS industry_code,
    NULL AS country_code,
    NULL AS investor_class,
    CASE WHEN is_enterprise OR named_s IS NULL THEN NULL
        ELSE one_of('income', k.user_id, ['0-5000', '5000-10000', '10000-20000', '20000-50000', '50000+']) END AS income_band,
    coalesce(
        a.related_party_kind,
        CASE WHEN person_kind = 'lender' AND chance('related', k.user_id, 40)
            THEN one_of('relation', k.user_id, ['staff', 'staff', 'staff', 'director', 'shareholder', 'affiliate']) END
    ) AS related_party_kind,
    CASE WHEN is_known(closed_s) THEN 'closed' WHEN is_known(frozen_s) THEN 'frozen' ELSE 'active' END AS status,
    utc(greatest(
        registered_s, coalesce(named_s, 0), coalesce(card_s, 0), coalesce(if_known(closed_s, closed_s), 0),
        coalesce(if_known(frozen_s, frozen_s), 0), coalesce(if_known(new_mobile_s, new_mobile_s), 0)
    )) AS updated_at,
    NULL AS deleted_at
FROM known AS k
LEFT JOIN (SELECT k AS listing_no, related_party_kind FROM override) AS a ON k.person_kind = 'borrower' AND k.k = a.listing_no
ORDER BY k.user_id
