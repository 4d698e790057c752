"""Serving in Druid: one pinned Delta version per datasource, proved equal chunk by chunk."""
