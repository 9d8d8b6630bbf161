{{ staged('instalments', is_kept=true, also_dated=['created_at']) }}
