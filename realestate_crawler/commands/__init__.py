"""The project's own Scrapy commands, one file each; the file's name is the command's."""
