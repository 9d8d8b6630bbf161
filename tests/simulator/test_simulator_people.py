"""Growth, seasons, campaigns, referral trees and search ranks behave as a platform's do."""

from __future__ import annotations

from tests.support.simulated_folders import count, opened, platform


def rows(query: str, loans: int = 6000) -> list[tuple[int, ...]]:
    with opened(platform(loans)) as database:
        return database.execute(query).fetchall()


def test_growth_and_seasons() -> None:
    months = rows("SELECT date_trunc('month', listed_at) AS m, count(*) FROM loans GROUP BY 1 ORDER BY 1")
    listed = [listings for _, listings in months]
    assert (len(listed), sum(listed)) == (24, 6000)
    assert sum(listed[12:]) > 1.5 * sum(listed[:12])
    assert listed[1] < listed[0]  # Spring Festival


def test_spring_festival_and_weekends_are_quiet() -> None:
    ((festival, plain, sunday, tuesday),) = rows("""
        SELECT
            count(*) FILTER (WHERE listed_at BETWEEN '2019-02-03' AND '2019-02-10') / 7,
            count(*) FILTER (WHERE listed_at BETWEEN '2019-03-03' AND '2019-03-31') / 28,
            count(*) FILTER (WHERE isodow(listed_at) = 7), count(*) FILTER (WHERE isodow(listed_at) = 2)
        FROM loans""")
    assert festival < plain / 2
    assert sunday < tuesday * 0.75


def test_campaigns_raise_sessions_in_their_window() -> None:
    ((inside, outside),) = rows("""
        WITH day AS (SELECT (started_at + INTERVAL 8 HOUR)::DATE AS day_on, count(*) AS sessions FROM web_sessions GROUP BY 1),
        marked AS (
            SELECT sessions, EXISTS (FROM campaigns WHERE campaign_kind IN ('registration_bonus', 'referral_bonus')
                AND day_on BETWEEN starts_on AND ends_on) AS is_inside
            FROM day WHERE day_on BETWEEN '2018-06-01' AND '2019-12-25')
        SELECT avg(sessions) FILTER (WHERE is_inside), avg(sessions) FILTER (WHERE NOT is_inside) FROM marked""")
    assert inside > outside * 1.5
    with opened(platform(6000)) as database:
        stray = """FROM web_sessions JOIN campaigns ON utm_campaign = code
            WHERE started_at NOT BETWEEN starts_on - INTERVAL 1 DAY AND ends_on + INTERVAL 1 DAY"""
        assert count(database, stray) == 0


def test_referral_trees_with_bonus_hunters() -> None:
    ((deepest,),) = rows("""
        WITH RECURSIVE tree AS (
            SELECT invitee_id, 1 AS depth FROM invitations WHERE inviter_id NOT IN (SELECT invitee_id FROM invitations)
            UNION ALL SELECT i.invitee_id, depth + 1 FROM tree AS t JOIN invitations AS i ON i.inviter_id = t.invitee_id)
        SELECT max(depth) FROM tree""")
    assert deepest >= 3
    ((hunters,),) = rows("""
        SELECT count(DISTINCT r.user_id) FROM rewards AS r JOIN fund_movements AS m ON m.user_id = r.user_id
            AND m.movement_kind = 'withdrawal' AND m.occurred_at BETWEEN r.redeemed_at AND r.redeemed_at + INTERVAL 7 DAY
        WHERE (SELECT count(*) FROM investments AS i WHERE i.lender_id = r.user_id) <= 1""")
    assert hunters > 50
    with opened(platform(6000)) as database:
        assert count(database, "FROM invitations AS i JOIN users ON user_id = inviter_id WHERE registered_at >= invited_at") == 0


def test_first_steps_of_lenders_are_in_order() -> None:
    with opened(platform()) as database:
        hurried = """
            WITH first AS (SELECT lender_id AS user_id, min(invested_at) AS invested_at FROM investments GROUP BY 1),
            steps AS (
                SELECT user_id, min(verified_at) FILTER (WHERE verification_kind = 'mobile') AS mobile_at,
                    min(verified_at) FILTER (WHERE verification_kind = 'real_name' AND outcome = 'passed') AS name_at,
                    min(verified_at) FILTER (WHERE verification_kind = 'bank_card') AS card_at
                FROM user_verifications GROUP BY 1),
            deposits AS (SELECT user_id, min(occurred_at) AS deposited_at FROM fund_movements WHERE movement_kind = 'deposit' GROUP BY 1)
            SELECT 1 FROM first JOIN steps USING (user_id) JOIN deposits USING (user_id)
            WHERE NOT (mobile_at < name_at AND name_at < card_at AND card_at < deposited_at AND deposited_at < invested_at)"""
        assert count(database, hurried) == 0


def test_search_ranks_move() -> None:
    with opened(platform()) as database:
        moved = """SELECT engine, keyword FROM seo_rankings GROUP BY 1, 2
            HAVING count(DISTINCT position) > 10 AND avg(position) FILTER (WHERE observed_on > '2019-10-01')
                < avg(position) FILTER (WHERE observed_on < '2018-03-01')"""
        assert count(database, moved) >= 40  # of 48 pairs of engine and keyword


def test_personal_data_is_obviously_invented() -> None:
    with opened(platform()) as database:
        assert count(database, "FROM users WHERE mobile NOT LIKE '100%' OR email NOT LIKE '%.invalid'") == 0
        assert count(database, "FROM users WHERE id_number NOT LIKE '99%' OR bank_account_no NOT LIKE '9999%'") == 0
        assert count(database, "SELECT 1 FROM users WHERE id_number IS NOT NULL GROUP BY id_number HAVING count(*) > 1") == 0


def test_details_of_a_cost_are_most_of_it_and_no_more() -> None:
    split = rows("""
        SELECT d.detail_kind, count(*), count(*) FILTER (WHERE d.amount > c.amount OR d.clicks > c.clicks OR d.updated_at <> c.updated_at),
            sum(d.amount) BETWEEN sum(c.amount) * 0.8 AND sum(c.amount) * 0.91
        FROM (SELECT cost_on, channel, campaign_id, detail_kind, sum(amount) AS amount, sum(clicks) AS clicks, max(updated_at) AS updated_at
            FROM marketing_cost_details GROUP BY ALL) AS d
        LEFT JOIN marketing_costs AS c USING (cost_on, channel, campaign_id) GROUP BY 1 ORDER BY 1""")
    assert [kind for kind, *_ in split] == ["branch", "keyword"]
    assert all(days > 700 and wrong == 0 and is_most for _, days, wrong, is_most in split)
    with opened(platform(6000)) as database:
        closed = "name IS NULL OR cost_on NOT BETWEEN opened_on AND coalesce(closed_on, cost_on)"
        of_branch = "FROM marketing_cost_details LEFT JOIN branches ON detail = branch_id::VARCHAR WHERE detail_kind = 'branch'"
        assert count(database, f"{of_branch} AND ({closed})") == 0


def test_a_message_is_delivered_after_it_is_sent_and_before_it_is_opened() -> None:
    ((delivered, opened_undelivered, wrong),) = rows("""
        SELECT count(delivered_at), count(*) FILTER (WHERE opened_at IS NOT NULL AND delivered_at IS NULL),
            count(*) FILTER (WHERE delivered_at <= sent_at OR delivered_at >= opened_at)
        FROM messages LEFT JOIN message_deliveries USING (message_id)""")
    assert delivered > 1000
    assert (opened_undelivered, wrong) == (0, 0)
