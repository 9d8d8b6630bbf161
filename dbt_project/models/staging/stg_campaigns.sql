{{ staged('campaigns') }}
