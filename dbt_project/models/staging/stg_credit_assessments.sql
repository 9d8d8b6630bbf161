{{ staged('credit_assessments') }}
