{{ staged('complaints', is_kept=true) }}
