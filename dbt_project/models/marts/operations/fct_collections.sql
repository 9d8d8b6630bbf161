-- Results of collecting, by the month of the action: promises and whether they were kept, and what borrowers paid after an action. A
-- payment belongs to the last action on its loan before it, within 14 days, less what of it was taken back. Grain: one row per month_on and
-- action_kind ('all' for every kind).
with
population as (
    {{ home_population() }}
),

smallest as (
    {{ smallest_group() }}
),

actions as (
    select
        action.action_id, action.loan_id, action.action_kind, action.acted_at, action.acted_on, action.outcome,
        -- A promise without a day, or on a platform that stores none, has seven days.
        case when promise.promised_on is not null then greatest(promise.promised_on, action.acted_on) else action.acted_on + 7 end as promised_on,
        lead(action.acted_at) over (partition by action.loan_id order by action.acted_at, action.action_id) as next_acted_at
    from {{ ref('stg_collection_actions') }} as action
    left join {{ ref('stg_payment_promises') }} as promise on promise.action_id = action.action_id
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = action.loan_id
    inner join population on population.counts_promotional or not loan.is_promotional
),

reversals as (
    select reverses_repayment_id, sum(principal + interest) as amount
    from {{ ref('stg_repayments') }}
    where reverses_repayment_id is not null
    group by reverses_repayment_id
),

recovered as (
    select action.action_id, count(*) as payments_count, sum(repayment.principal + repayment.interest + coalesce(reversal.amount, 0)) as amount
    from actions as action
    inner join {{ ref('stg_repayments') }} as repayment
        on repayment.loan_id = action.loan_id and repayment.payer_kind = 'borrower' and repayment.reverses_repayment_id is null
            and repayment.paid_at > action.acted_at and repayment.paid_at <= coalesce(action.next_acted_at, repayment.paid_at)
            and repayment.paid_on <= action.acted_on + 14
    left join reversals as reversal on reversal.reverses_repayment_id = repayment.repayment_id
    where repayment.principal + repayment.interest + coalesce(reversal.amount, 0) > 0
    group by action.action_id
),

-- The instalment that was the oldest overdue when the day of the promise began.
promises as (
    select
        action.action_id, action.loan_id, action.acted_on, action.promised_on,
        arg_min(state.instalment_no, {{ oldest_first('state.due_on', 'state.instalment_no') }}) filter (state.instalment_no is not null) as instalment_no
    from actions as action
    inner join {{ ref('ldg_instalment_states') }} as state
        on state.loan_id = action.loan_id and state.due_on < action.acted_on and not state.is_settled_by_borrower
            and state.valid_from < action.acted_on and state.valid_to >= action.acted_on
    where action.outcome = 'promised'
    group by action.action_id, action.loan_id, action.acted_on, action.promised_on
),

-- Whoever gets a new plan instead has not paid: where it lacks that instalment, the promise is open while the borrower owes any of the plan.
replaced as (
    select promise.action_id, plan.valid_from, least(plan.valid_to, max(state.valid_to)) as valid_to
    from promises as promise
    inner join {{ ref('ldg_plans') }} as plan
        on plan.loan_id = promise.loan_id and plan.valid_from <= promise.promised_on and plan.valid_to >= promise.acted_on
    left join {{ ref('stg_instalments') }} as line
        on line.loan_id = plan.loan_id and line.plan_version = plan.plan_version and line.instalment_no = promise.instalment_no
    inner join {{ ref('ldg_instalment_states') }} as state
        on state.loan_id = plan.loan_id and not state.is_settled_by_borrower
            and state.valid_from < plan.valid_to and state.valid_to > plan.valid_from
    where line.loan_id is null
    group by promise.action_id, plan.valid_from, plan.valid_to
),

owed as (
    select promise.action_id, state.valid_from, state.valid_to
    from promises as promise
    inner join {{ ref('ldg_instalment_states') }} as state
        on state.loan_id = promise.loan_id and state.instalment_no = promise.instalment_no and not state.is_settled_by_borrower
    union all
    select action_id, valid_from, valid_to from replaced
),

-- It was not settled if it was open on each day from the one before the promise to the last.
judged as (
    select
        promise.action_id,
        promise.promised_on > {{ latest_business_date() }} as is_open,
        sum(date_diff('day', greatest(owed.valid_from, promise.acted_on - 1), least(owed.valid_to, promise.promised_on + 1)))
            < date_diff('day', promise.acted_on - 1, promise.promised_on + 1) as is_kept
    from promises as promise
    inner join owed on owed.action_id = promise.action_id and owed.valid_from <= promise.promised_on and owed.valid_to >= promise.acted_on
    group by promise.action_id, promise.acted_on, promise.promised_on
),

months as (
    select
        date_trunc('month', action.acted_on)::date as month_on,
        coalesce(action.action_kind, 'all') as action_kind,
        count(*) as actions_count,
        count(*) filter (where not judged.is_open) as promises_count,
        count(*) filter (where not judged.is_open and judged.is_kept) as promises_kept_count,
        count(*) filter (where judged.is_open) as promises_open_count,
        count(recovered.action_id) as followed_count,
        coalesce(sum(recovered.payments_count), 0) as payments_count,
        coalesce(sum(recovered.amount), 0) as recovered_amount
    from actions as action
    left join recovered on recovered.action_id = action.action_id
    left join judged on judged.action_id = action.action_id
    group by grouping sets ((date_trunc('month', action.acted_on)), (date_trunc('month', action.acted_on), action.action_kind))
)

select
    months.month_on,
    months.action_kind,
    months.actions_count::bigint as actions_count,
    {{ if_supplied('collection_actions.outcome', 'months.promises_count::bigint') }} as promises_count,
    {{ if_supplied('collection_actions.outcome', 'months.promises_kept_count::bigint') }} as promises_kept_count,
    {{ if_supplied('collection_actions.outcome', 'months.promises_open_count::bigint') }} as promises_open_count,
    months.followed_count::bigint as followed_count,
    months.payments_count::bigint as payments_count,
    cast(months.recovered_amount as decimal(34, 2)) as recovered_amount,
    {{ share_of_group(as_whole('months.promises_kept_count'), as_whole('months.promises_count'), 'months.promises_count', 'smallest.people_count') }} as promises_kept_share,
    {{ share_of_group(as_whole('months.followed_count'), as_whole('months.actions_count'), 'months.actions_count', 'smallest.people_count') }} as followed_share
from months
cross join smallest
