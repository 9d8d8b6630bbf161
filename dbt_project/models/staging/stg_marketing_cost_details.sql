{{ staged('marketing_cost_details') }}
