{{ staged('fund_movements') }}
