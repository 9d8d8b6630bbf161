{{ staged('collection_actions') }}
