"""What an operator asks of lake and landing zone together, one question or act a file.

What belongs here: the order of reads and writes behind a command. What does not: words and exit codes (`commands`),
rules (`logic`), storage (`resources`).
"""
