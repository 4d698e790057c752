"""What happens to an item between spider and landing zone: one class a file, one job each, order in settings."""
