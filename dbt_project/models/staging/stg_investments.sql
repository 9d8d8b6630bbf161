{{ staged('investments', is_kept=true) }}
