"""Which addresses are asked, and how fast. One file a kind of source; reading what comes back is for `pages`."""
