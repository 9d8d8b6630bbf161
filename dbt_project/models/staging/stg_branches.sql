{{ staged('branches') }}
