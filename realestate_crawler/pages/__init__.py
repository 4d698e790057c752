"""Page readers: the bytes of a saved page in, its verdict, listings and next page out; no network, no clock, no
framework.
"""
