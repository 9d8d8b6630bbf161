{{ staged('commissions') }}
