{{ staged('risk_events', is_kept=true) }}
