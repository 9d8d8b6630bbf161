{{ staged('loan_applications') }}
