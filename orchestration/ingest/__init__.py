"""From waiting feeds to tables: stage a scope, merge a feed exactly once, derive what follows from `listings`.

What belongs here: the order of reads and writes. What does not: rules (`logic`) and storage (`resources`).
"""
