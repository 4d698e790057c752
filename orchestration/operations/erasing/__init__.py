"""Erases listings and people from every layer: feeds, quarantine, tables with their versions, Druid, what runs left.

What belongs here: one file a layer, and the order in which they are done (`carry_out`). What does not: how a text is
redacted (`logic.redaction`), how a crawl recognises what was erased (`realestate_crawler.domain.erased`).
"""
