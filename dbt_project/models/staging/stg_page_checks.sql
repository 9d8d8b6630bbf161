{{ staged('page_checks') }}
