{{ staged('loans', is_kept=true) }}
