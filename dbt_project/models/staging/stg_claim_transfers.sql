{{ staged('claim_transfers', is_kept=true) }}
