{{ config(materialized='view') }}

{{ staged_newest('institutions', ['institution_id'], [
    'institution_id',
    'name',
    'institution_kind',
    'licence_no',
    'cooperation_started_on',
    'cooperation_ended_on',
    'guarantee_limit'
], is_kept=false) }}
