{{ staged('loan_events') }}
