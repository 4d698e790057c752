"""What `python -m orchestration` can do, one command a file."""
