{{ staged('repayments', is_kept=true) }}
