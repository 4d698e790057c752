"""Writers that are killed, and a small model of what the tables must say whatever happens to them.

`town` says what a crawl sees, `writer` delivers and materializes, `points` names the gaps between two durable writes,
`loop` kills. The oracle shares no code with the project: `objects`, `delta` and `bronze` read what lies on the disk by
themselves, `model` is contract 3 as a dict, `invariants` compares.
"""
