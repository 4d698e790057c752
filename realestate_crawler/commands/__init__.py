"""Commands added to `scrapy`; the file's name is the command's name."""
