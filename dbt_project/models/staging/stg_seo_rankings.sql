{{ staged('seo_rankings') }}
