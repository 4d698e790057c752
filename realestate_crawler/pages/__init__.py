"""Page readers, one module per site: bytes and an address in, listings out. No Scrapy, no settings, no clock."""
