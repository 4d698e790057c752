"""What an analyst asks: named queries with typed parameters, answered by Druid or by the local engine alike."""
