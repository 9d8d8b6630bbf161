{{ staged('risk_reserve_movements') }}
