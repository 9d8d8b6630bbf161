{{ staged('institutions') }}
