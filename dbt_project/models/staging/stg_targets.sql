{{ staged('targets', is_kept=true) }}
