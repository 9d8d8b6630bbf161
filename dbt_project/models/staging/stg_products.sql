{{ staged('products', is_kept=true) }}
