{{ staged('web_sessions') }}
