"""Pure functions over Polars frames and values: frames in, frames out. No disk, no network, no Dagster, no clock."""
