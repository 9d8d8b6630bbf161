{{ staged('loan_applications', is_read_often=true) }}
