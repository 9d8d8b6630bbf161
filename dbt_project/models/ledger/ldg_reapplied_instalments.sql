{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- The lines of loans whose money cannot be read line by line (ldg_reapplied_loans), from one day with a change to the next, with all of the
-- loan's money applied. Money that names no line of the plan goes to the oldest line. What exceeds a line's due goes to the next line by
-- due date; what exceeds the last, to the oldest line still open. Interest that falls due after the day on which all principal was back is
-- given up. While all is back, what a line still owes is interest, also where principal that was passed on settled interest of other lines.
{%- set flows = {'lender': 'due_amount', 'interest': 'interest_amount', 'borrower': 'due_amount'} %}
with
plans as (
    select in_force.*, loan.disbursed_on
    from {{ ref('ldg_plans') }} as in_force
    inner join {{ touched_loans() }} as loan on loan.loan_id = in_force.loan_id
    where in_force.loan_id in (select reapplied.loan_id from {{ ref('ldg_reapplied_loans') }} as reapplied)
),

lines as (
    select
        plans.loan_id,
        plans.plan_version,
        plans.covers,
        plans.valid_from,
        plans.valid_to,
        instalment.instalment_no,
        instalment.due_on,
        instalment.principal_due,
        instalment.interest_due
    from plans
    inner join {{ ref('stg_instalments') }} as instalment on instalment.loan_id = plans.loan_id and instalment.plan_version = plans.plan_version
),

-- For a plan for the rest of the loan only later money counts.
money as (
    select
        plans.loan_id,
        plans.plan_version,
        repayment.instalment_no,
        greatest(repayment.paid_on, plans.disbursed_on) as paid_on,
        sum(case when repayment.payee_kind = 'lenders' then repayment.principal + repayment.interest else 0 end) as lender_amount,
        sum(case when repayment.payee_kind = 'lenders' then repayment.interest else 0 end) as interest_amount,
        sum(case when repayment.payer_kind = 'borrower' then repayment.principal + repayment.interest else 0 end) as borrower_amount
    from plans
    inner join {{ ref('stg_repayments') }} as repayment
        on repayment.loan_id = plans.loan_id and (plans.covers <> 'rest' or repayment.paid_at > plans.made_at)
    group by plans.loan_id, plans.plan_version, repayment.instalment_no, greatest(repayment.paid_on, plans.disbursed_on)
),

days as (
    select loan_id, plan_version, valid_from as day_on from plans
    union
    select plans.loan_id, plans.plan_version, receipt.paid_on
    from plans
    inner join {{ ref('ldg_principal_receipts') }} as receipt
        on receipt.loan_id = plans.loan_id and receipt.paid_on > plans.valid_from and receipt.paid_on < plans.valid_to
),

placed as (
    select
        lines.loan_id,
        lines.plan_version,
        lines.instalment_no,
        days.day_on
        {%- for flow in flows %},
        coalesce(sum(money.{{ flow }}_amount), 0) as {{ flow }}_received
        {%- endfor %}
    from lines
    inner join days on days.loan_id = lines.loan_id and days.plan_version = lines.plan_version
    left join money
        on money.loan_id = lines.loan_id and money.plan_version = lines.plan_version and money.instalment_no = lines.instalment_no
            and money.paid_on <= days.day_on
    group by lines.loan_id, lines.plan_version, lines.instalment_no, days.day_on
),

unplaced as (
    select
        money.loan_id,
        money.plan_version,
        days.day_on
        {%- for flow in flows %},
        sum(money.{{ flow }}_amount) as {{ flow }}_unplaced
        {%- endfor %}
    from money
    inner join days on days.loan_id = money.loan_id and days.plan_version = money.plan_version and days.day_on >= money.paid_on
    left join lines
        on lines.loan_id = money.loan_id and lines.plan_version = money.plan_version and lines.instalment_no = money.instalment_no
    where lines.loan_id is null
    group by money.loan_id, money.plan_version, days.day_on
),

dues as (
    select
        lines.*,
        placed.day_on,
        {%- for flow in flows %}
        placed.{{ flow }}_received,
        coalesce(unplaced.{{ flow }}_unplaced, 0) as {{ flow }}_unplaced,
        {%- endfor %}
        case
            when receipt.all_back_from < lines.due_on then least(lines.interest_due, greatest(placed.interest_received, 0))
            else lines.interest_due
        end as interest_amount,
        receipt.all_back_from is not null and lines.covers <> 'neither' as owes_interest_alone
    from placed
    inner join lines
        on lines.loan_id = placed.loan_id and lines.plan_version = placed.plan_version and lines.instalment_no = placed.instalment_no
    left join unplaced
        on unplaced.loan_id = placed.loan_id and unplaced.plan_version = placed.plan_version and unplaced.day_on = placed.day_on
    left join {{ ref('ldg_principal_receipts') }} as receipt
        on receipt.loan_id = placed.loan_id and receipt.paid_on <= placed.day_on and receipt.next_paid_on > placed.day_on
),

due_in_all as (
    select *, principal_due + interest_amount as due_amount
    from dues
),

running as (
    select
        *
        {%- for flow, due in flows.items() %},
        {{ flow }}_unplaced + sum({{ flow }}_received - {{ due }}) over by_due_date as {{ flow }}_beyond,
        {{ flow }}_unplaced + sum({{ flow }}_received - {{ due }}) over (partition by loan_id, plan_version, day_on) as {{ flow }}_beyond_last
        {%- endfor %}
    from due_in_all
    window by_due_date as (partition by loan_id, plan_version, day_on order by due_on, instalment_no)
),

-- What is passed on is the money above all dues since the last line after which nothing was left: the running sum above its lowest point.
passing as (
    select
        *
        {%- for flow in flows %},
        {{ flow }}_beyond - least(min({{ flow }}_beyond) over by_due_date, 0) as {{ flow }}_passed_on,
        {{ flow }}_beyond_last - least(min({{ flow }}_beyond) over (partition by loan_id, plan_version, day_on), 0) as {{ flow }}_left
        {%- endfor %}
    from running
    window by_due_date as (partition by loan_id, plan_version, day_on order by due_on, instalment_no)
),

brought as (
    select
        *
        {%- for flow in flows %},
        coalesce(lag({{ flow }}_passed_on) over by_due_date, {{ flow }}_unplaced) as {{ flow }}_brought
        {%- endfor %}
    from passing
    window by_due_date as (partition by loan_id, plan_version, day_on order by due_on, instalment_no)
),

opened as (
    select
        *
        {%- for flow in ['lender', 'borrower'] %},
        {{ within('due_amount - ' ~ flow ~ '_received - ' ~ flow ~ '_brought', '0', 'due_amount') }} as {{ flow }}_open
        {%- endfor %}
    from brought
),

closed as (
    select
        *,
        greatest(lender_left - sum(lender_open) over (partition by loan_id, plan_version, day_on), 0) as lender_unused
        {%- for flow in ['lender', 'borrower'] %},
        {{ within('sum(' ~ flow ~ '_open) over by_due_date - ' ~ flow ~ '_left', '0', flow ~ '_open') }} as {{ flow }}_owed
        {%- endfor %}
    from opened
    window by_due_date as (partition by loan_id, plan_version, day_on order by due_on, instalment_no)
)

select
    loan_id,
    instalment_no,
    plan_version,
    day_on as valid_from,
    coalesce(lead(day_on) over (partition by loan_id, plan_version, instalment_no order by day_on), valid_to) as valid_to,
    due_on,
    lender_owed = 0 as is_settled,
    borrower_owed = 0 as is_settled_by_borrower,
    cast(case
        when lender_owed = 0 then 0
        when owes_interest_alone then lender_owed
        else interest_amount - {{ within('interest_received + least(lender_brought, interest_brought)', '0', 'interest_amount') }}
    end as decimal(18, 2)) as interest_outstanding_amount,
    cast(lender_owed as decimal(18, 2)) as owed_amount,
    cast(interest_due - interest_amount as decimal(18, 2)) as interest_given_up_amount,
    cast(greatest(least(lender_received - due_amount, lender_passed_on - lender_unused), 0) as decimal(18, 2)) as passed_on_amount
from closed
