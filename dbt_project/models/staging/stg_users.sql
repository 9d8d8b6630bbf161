{{ staged('users') }}
