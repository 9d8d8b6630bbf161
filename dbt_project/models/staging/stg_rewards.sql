{{ staged('rewards') }}
