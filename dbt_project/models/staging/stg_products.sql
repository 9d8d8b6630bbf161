{{ config(incremental_strategy='delete+insert', unique_key=['product_id']) }}

{{ staged_newest('products', ['product_id'], [
    'product_id',
    'name',
    'operating_mode',
    'security_kind',
    'repayment_method',
    'origination_channel',
    'is_promotional'
]) }}
