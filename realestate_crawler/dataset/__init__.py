"""Tables of listings as their sources publish them: mapping, reading, row → listing. No Scrapy in here."""
