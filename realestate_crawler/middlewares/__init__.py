"""What stands between the spider and the network: manners and safety, for every request of every spider."""
