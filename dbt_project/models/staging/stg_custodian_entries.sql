{{ staged('custodian_entries') }}
