{{ staged('user_verifications') }}
