"""The only place that touches processes, disks and networks; everything above gets frames and values."""
