-- Institutions and branches. The guarantee limits grow with the requested size of the platform, so that none is exceeded.
CREATE OR REPLACE TEMP TABLE institution AS
SELECT * FROM (VALUES
    (1, '恒信融资担保（模拟）', 'guarantee', 'SIM-DB-0001', -400, NULL, 'guarantor'),
    (2, '中和融资担保（模拟）', 'guarantee', 'SIM-DB-0002', -300, NULL, 'guarantor'),
    (3, '旧友融资担保（模拟）', 'guarantee', 'SIM-DB-0003', -900, -30, NULL),
    (4, '安平财产保险（模拟）', 'insurer', 'SIM-BX-0001', -200, NULL, 'insurer'),
    (5, '汇通小额贷款（模拟）', 'micro_loan', 'SIM-XD-0001', -250, NULL, NULL),
    (6, '同业商业保理（模拟）', 'factoring', 'SIM-BL-0001', -100, NULL, NULL),
    (7, '明远融资租赁（模拟）', 'leasing', 'SIM-ZL-0001', -50, NULL, NULL),
    (8, '存管银行（模拟）', 'custodian', 'SIM-YH-0001', -500, NULL, NULL),
    (9, '东方资产管理（模拟）', 'asset_management', 'SIM-ZG-0001', -20, NULL, NULL),
    (10, '诚信证券（模拟）', 'securities', 'SIM-ZQ-0001', -10, NULL, NULL),
    (11, '江海银行（模拟）', 'bank', 'SIM-YH-0002', -60, NULL, NULL)
) AS i (institution_id, name, institution_kind, licence_no, started_day, ended_day, stands_for);

CREATE OR REPLACE TEMP TABLE branch AS
SELECT * FROM (VALUES
    (1, '北京门店', '11', -200, NULL), (2, '上海门店', '31', -180, NULL), (3, '广州门店', '44', -120, NULL),
    (4, '深圳门店', '44', -90, NULL), (5, '杭州门店', '33', -60, NULL), (6, '南京门店', '32', -30, NULL),
    (7, '成都门店', '51', -10, NULL), (8, '武汉门店', '42', -8, NULL), (9, '西安门店', '61', -5, NULL),
    (10, '济南门店', '37', -2, 500), (11, '福州门店', '35', 200, NULL), (12, '长沙门店', '43', 320, NULL)
) AS b (branch_id, name, province_code, opened_day, closed_day);
