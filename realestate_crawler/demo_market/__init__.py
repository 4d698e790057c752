"""The bundled demo market: an invented, seeded, evolving listing portal on loopback whose truth is known.

What belongs here: the market (pure), its truth (pure) and the portal that shows it over HTTP. What does not: how the
portal is read (`pages`) and crawled (`spiders`).
"""
