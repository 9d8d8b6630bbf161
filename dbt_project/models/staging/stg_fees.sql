{{ staged('fees', is_kept=true) }}
