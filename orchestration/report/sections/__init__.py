"""The parts of the page, one module each: derived frames in, blocks out.

What belongs here: what is said and shown, and in which words. What does not: HTML, and how a frame is derived that
several sections need (`report.data`).
"""
