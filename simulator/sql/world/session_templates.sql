-- Where a visit may come from. Ordinary visits draw by weight; visits of a campaign draw among those of its kind.
-- Some addresses are awkward on purpose: upper case, IP hosts, punycode, apps and meaningless text are all part of real traffic.
CREATE OR REPLACE TEMP TABLE template AS
SELECT * FROM (VALUES
    (0, NULL, 70, NULL, NULL, NULL, NULL, NULL, '/register', TRUE),
    (1, NULL, 150, NULL, NULL, NULL, NULL, NULL, '/', FALSE),
    (2, NULL, 30, 'https://www.mingzhang-sim.example/loans', NULL, NULL, NULL, NULL, '/loans', FALSE),
    (3, NULL, 110, 'https://www.baidu.com/link?url=a1B2c3', NULL, NULL, NULL, NULL, '/', FALSE),
    (4, NULL, 50, 'https://m.baidu.com/s?word=%E7%90%86%E8%B4%A2', NULL, NULL, NULL, NULL, '/invest', FALSE),
    (5, NULL, 30, 'https://www.sogou.com/web?query=%E7%BD%91%E8%B4%B7', NULL, NULL, NULL, NULL, '/', FALSE),
    (6, NULL, 30, 'https://www.so.com/s?q=%E5%80%9F%E6%AC%BE', NULL, NULL, NULL, NULL, '/borrow', FALSE),
    (7, NULL, 22, 'https://m.sm.cn/s?q=p2p', NULL, NULL, NULL, NULL, '/', FALSE),
    (8, NULL, 8, 'https://cn.bing.com/search?q=glassbook', NULL, NULL, NULL, NULL, '/disclosure', FALSE),
    (9, NULL, 6, 'https://www.google.com.hk/', NULL, NULL, NULL, NULL, '/', FALSE),
    (10, NULL, 14, 'https://so.toutiao.com/search?keyword=%E7%90%86%E8%B4%A2', NULL, NULL, NULL, NULL, '/invest', FALSE),
    (11, NULL, 40, 'https://mp.weixin.qq.com/s/AbCdEf', NULL, NULL, NULL, NULL, '/article/guide', FALSE),
    (12, NULL, 22, 'https://weibo.com/u/1000000001', NULL, NULL, NULL, NULL, '/', FALSE),
    (13, NULL, 14, 'https://www.zhihu.com/question/10000001', NULL, NULL, NULL, NULL, '/article/risk', FALSE),
    (14, NULL, 10, 'https://tieba.baidu.com/p/1000001', NULL, NULL, NULL, NULL, '/', FALSE),
    (15, NULL, 12, 'https://www.douyin.com/video/1', NULL, NULL, NULL, NULL, '/app', FALSE),
    (16, NULL, 8, 'https://qzone.qq.com/', NULL, NULL, NULL, NULL, '/', FALSE),
    (17, NULL, 26, 'https://www.hao123.com/', NULL, NULL, NULL, NULL, '/', FALSE),
    (18, NULL, 14, 'http://www.2345.com/', NULL, NULL, NULL, NULL, '/', FALSE),
    (19, NULL, 12, 'https://hao.360.com/', NULL, NULL, NULL, NULL, '/', FALSE),
    (20, NULL, 5, 'https://chatgpt.com/', NULL, NULL, NULL, NULL, '/disclosure', FALSE),
    (21, NULL, 5, 'https://kimi.moonshot.cn/chat/1', NULL, NULL, NULL, NULL, '/disclosure', FALSE),
    (22, NULL, 34, 'https://bbs.wdzj-sim.example/thread-1001', NULL, NULL, NULL, NULL, '/', FALSE),
    (23, NULL, 18, 'https://news.finance-sim.example/p2p/2018', NULL, NULL, NULL, NULL, '/news', FALSE),
    (24, NULL, 60, 'https://www.baidu.com/baidu.php?url=x', 'baidu', 'cpc', '网贷', 'title-a', '/landing/invest', FALSE),
    (25, NULL, 24, 'https://www.so.com/', '360', 'sem', '借款', 'title-b', '/landing/borrow', FALSE),
    (26, NULL, 14, 'https://www.baidu.com/', NULL, NULL, NULL, NULL, '/landing/invest?bd_vid=1234567890', FALSE),
    (27, NULL, 22, 'https://ads.example/slot/7', 'adnet', 'display', NULL, 'banner-1', '/landing/invest', FALSE),
    (28, NULL, 26, 'https://union.example/c/88', 'wangmeng', 'cps', NULL, NULL, '/landing/bonus', FALSE),
    (29, NULL, 10, 'https://www.jifenbao.example/', 'jifenbao', 'points', NULL, NULL, '/landing/points', FALSE),
    (30, NULL, 14, NULL, 'newsletter', 'email', NULL, 'weekly', '/invest', FALSE),
    (31, NULL, 16, NULL, 'sms', 'sms', NULL, NULL, '/invest', FALSE),
    (32, NULL, 12, NULL, 'app', 'push', NULL, NULL, '/invest', FALSE),
    (33, NULL, 10, 'https://v.qq.com/x/1', 'tencent', 'video', NULL, 'clip-1', '/landing/invest', FALSE),
    (34, NULL, 8, 'https://finance.sina.com.cn/', 'sina', 'portal_news', NULL, NULL, '/news', FALSE),
    (35, NULL, 8, 'https://www.jianshu.com/p/1', 'jianshu', 'soft_article', NULL, NULL, '/article/guide', FALSE),
    (36, NULL, 8, 'android-app://com.tencent.mm/', NULL, NULL, NULL, NULL, '/app', FALSE),
    (37, NULL, 3, 'android-app://com.baidu.searchbox', NULL, NULL, NULL, NULL, '/app', FALSE),
    (38, NULL, 3, 'http://10.20.30.40/portal', NULL, NULL, NULL, NULL, '/', FALSE),
    (39, NULL, 3, 'http://[2001:db8::1]:8080/x', NULL, NULL, NULL, NULL, '/', FALSE),
    (40, NULL, 3, 'https://xn--fiqs8s.example/', NULL, NULL, NULL, NULL, '/', FALSE),
    (41, NULL, 4, 'HTTPS://WWW.BAIDU.COM/S?WD=P2P', NULL, NULL, NULL, NULL, '/', FALSE),
    (42, NULL, 2, 'http://%zz bad url', NULL, NULL, NULL, NULL, '/', FALSE),
    (43, NULL, 2, '::::', NULL, NULL, NULL, NULL, '/', FALSE),
    (44, NULL, 3, '', NULL, NULL, NULL, NULL, '/', FALSE),
    (45, NULL, 4, 'https://www.facebook.com/', 'facebook', 'CPC', NULL, NULL, '/landing/invest', FALSE),
    (46, NULL, 2, 'https://x.com/sim/status/1', NULL, NULL, NULL, NULL, '/', FALSE),
    (100, 'registration_bonus', 1, 'https://union.example/c/11', 'wangmeng', 'cpa', NULL, 'bonus', '/landing/bonus', FALSE),
    (101, 'registration_bonus', 1, NULL, NULL, NULL, NULL, NULL, '/landing/bonus', FALSE),
    (102, 'referral_bonus', 1, NULL, NULL, NULL, NULL, NULL, '/register', TRUE),
    (103, 'trial_listing', 1, 'https://www.baidu.com/baidu.php?url=y', 'baidu', 'ppc', '体验标', NULL, '/landing/trial', FALSE),
    (104, 'special_plan', 1, 'https://mp.weixin.qq.com/s/Plan', 'weixin', 'social', NULL, NULL, '/landing/plan', FALSE),
    (105, 'investment_prize', 1, NULL, 'newsletter', 'email', NULL, 'prize', '/landing/prize', FALSE),
    (106, 'vehicle_priority', 1, 'https://www.autohome-sim.example/', 'autohome', 'banner', NULL, NULL, '/landing/vehicle', FALSE),
    (107, 'points', 1, 'https://www.jifenbao.example/act', 'jifenbao', 'points', NULL, NULL, '/landing/points', FALSE),
    (108, 'alliance_ad', 1, 'https://union.example/c/99', 'wangmeng', 'union', NULL, 'ad', '/landing/invest', FALSE),
    (109, 'paid_search', 1, 'https://www.baidu.com/baidu.php?url=z', 'baidu', 'paid_search', '理财', NULL, '/landing/invest', FALSE),
    (110, 'email', 1, NULL, 'newsletter', 'email', NULL, 'campaign', '/landing/invest', FALSE),
    (111, 'sms', 1, NULL, 'sms', 'sms', NULL, 'campaign', '/landing/invest', FALSE),
    (112, 'portal_news', 1, 'https://finance.qq.com/a/1', 'qq', 'portal_news', NULL, NULL, '/news', FALSE),
    (113, 'soft_article', 1, 'https://www.zhihu.com/p/2', 'zhihu', NULL, NULL, NULL, '/article/guide', FALSE),
    (114, 'directory', 1, 'https://www.hao123.com/finance', 'hao123', 'referral', NULL, NULL, '/', FALSE),
    (115, 'event', 1, NULL, 'roadshow', 'offline', NULL, NULL, '/event', FALSE),
    (116, 'video', 1, 'https://www.bilibili.com/video/1', 'bilibili', 'video', NULL, NULL, '/landing/invest', FALSE)
) AS t (
    template_id, campaign_kind, weight, referrer_url, utm_source, utm_medium, utm_term, utm_content, landing_path,
    is_invitation
);

CREATE OR REPLACE TEMP TABLE template_slot AS
WITH bounds AS (
    SELECT template_id, sum(weight) OVER (ORDER BY template_id) - weight AS slot_from,
        sum(weight) OVER (ORDER BY template_id) AS slot_to
    FROM template WHERE campaign_kind IS NULL
)
SELECT s.slot, template_id FROM bounds, range(2000) AS s (slot) WHERE s.slot >= slot_from AND s.slot < slot_to;

CREATE OR REPLACE TEMP TABLE campaign_template AS
SELECT campaign_kind, array_agg(template_id ORDER BY template_id) AS template_ids
FROM template WHERE campaign_kind IS NOT NULL
GROUP BY campaign_kind ORDER BY campaign_kind;

SET VARIABLE template_slots = (SELECT count(*) FROM template_slot);
