"""What the tests of the graph share: listings, frames, feeds in a landing zone, and tables as plain values.

Feeds are written with the crawler's own writer, hash and manifest model: a test feed is a real feed.
"""
