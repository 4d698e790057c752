"""What crosses the border between crawler and orchestration: criteria, feed, manifest, and where things lie."""
