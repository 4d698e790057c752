"""What a listing means: pure functions over values. No Scrapy, no Dagster, no Polars, no clock, no network."""
