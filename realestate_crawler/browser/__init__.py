"""A browser for sites that show nothing without one, guarded like every other request of a crawl.

Chromium follows redirects and loads what a page asks for by itself, past Scrapy's middlewares. So nothing of it reaches
the network but through a gateway of ours (`gateway`), which looks at the address that is connected; what a page asks
for goes by the same rules as a link (`guard`); and a redirect of a page goes back to Scrapy (`hops`).
"""
