{{ staged('seo_site_metrics') }}
