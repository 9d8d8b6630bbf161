{{ staged('rewards', is_read_often=true) }}
