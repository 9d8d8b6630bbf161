{{ staged('contracts') }}
