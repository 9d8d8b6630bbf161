{{ staged('media_mentions') }}
