-- Sessions and conversions as attribution reads them, the same on every run: {sessions} sessions of two years, of them {users} users' own before and after
-- their registration and the rest strangers', and conversions of four kinds. Every fiftieth visitor is two users.
create table drawn as
select
    n as session_id,
    n % 100 < 48 as is_users,
    (hash(n, 'user') % {users})::bigint + 1 as drawn_user_id,
    hash(n, 'place') as place
from range(1, {sessions} + 1) as session (n);

create table people as
select
    n as user_id,
    timestamp '2018-01-01' + (hash(n, 'day') % (725 * 86400))::bigint * interval 1 second as registered_at,
    'v' || case when n % 50 = 0 then n - 1 else n end as visitor_id,
    hash(n, 'kind') as kind
from range(1, {users} + 1) as person (n);

create table fct_sessions as
select
    drawn.session_id,
    coalesce(people.visitor_id, 's' || drawn.place % ({sessions} // 2)) as visitor_id,
    -- Three in ten name their user.
    case when drawn.place % 10 < 3 then people.user_id end as user_id,
    moment.started_at,
    moment.started_at::date as started_on,
    (['organic_search', 'direct', 'direct', 'paid_search', 'social', 'paid_search', 'organic_search', 'email', 'sms', 'push', 'display', 'alliance',
        'points', 'video', 'soft_article', 'portal_news', 'directory', 'referral', 'ai_assistant', 'referral_programme', 'unassigned']
    )[1 + ((drawn.place // 16) % 21)::bigint] as channel,
    case when drawn.place // 64 % 3 = 0 then 'c' || drawn.place // 256 % 40 else 'none' end as campaign_code
from drawn
left join people on drawn.is_users and people.user_id = drawn.drawn_user_id,
lateral (
    select greatest(least(
        -- From forty days before the registration to a hundred after it; a stranger on any day.
        case when people.user_id is null then timestamp '2018-01-01' + (drawn.place % (730 * 86400))::bigint * interval 1 second
            else people.registered_at + ((drawn.place % (140 * 86400))::bigint - 40 * 86400) * interval 1 second end,
        timestamp '2019-12-31 15:59:59'), timestamp '2018-01-01') as started_at
) as moment;

create table fct_conversions as
select 'registration' as conversion_kind, user_id, registered_at as converted_at, registered_at::date as converted_on, null::decimal(34, 2) as amount
from people
union all
select 'first_investment', user_id, registered_at + (kind // 100 % 60)::bigint * interval 1 day, registered_at::date + (kind // 100 % 60)::integer, 1000.00
from people where kind % 100 < 42
union all
select 'first_loan', user_id, registered_at + (kind // 100 % 30)::bigint * interval 1 day, registered_at::date + (kind // 100 % 30)::integer, 5000.00
from people where kind % 100 >= 90
union all
select 'revenue_90', user_id, registered_at, registered_at::date, 12.34
from people where kind % 100 < 16;

drop table drawn;
drop table people;
