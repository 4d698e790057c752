"""Where feeds are put and found: one small interface, a local folder behind it, or an S3-compatible store."""
