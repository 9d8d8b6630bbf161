{{ staged('claim_offers') }}
