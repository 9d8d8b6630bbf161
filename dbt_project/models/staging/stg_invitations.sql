{{ staged('invitations') }}
