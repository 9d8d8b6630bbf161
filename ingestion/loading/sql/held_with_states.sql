-- The rows in quarantine, each with the state that the last entry gave it and, where that was a decision, who gave it and why.
(
    select
        held.*,
        coalesce(state.state_code, 'open') as state_code,
        state.state_load_seq,
        decided.decided_at,
        decided.decided_by,
        decided.decision_reason
    from (${rows}) held
    left join (
        select table_name, held_load_seq, row_no, arg_max(state_code, _load_seq) as state_code, max(_load_seq) as state_load_seq
        from ${states}
        group by table_name, held_load_seq, row_no
    ) state
        on state.table_name = held.table_name and state.held_load_seq = held.load_seq and state.row_no = held.row_no
    left join ${decided} on decided.load_seq = state.state_load_seq
)
