{{ staged('payment_promises') }}
