"""Real servers as processes on loopback: built once into a cache folder, started on free ports."""
