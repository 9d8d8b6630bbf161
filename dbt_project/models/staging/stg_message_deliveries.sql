{{ staged('message_deliveries') }}
