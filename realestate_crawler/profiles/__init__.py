"""Site profiles: what is special about one site, as data; one YAML file a site, and the model that checks them."""
