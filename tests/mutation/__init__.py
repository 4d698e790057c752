"""How many small changes of the code that decides would no test notice? Mutants are made and run by mutmut.

`scopes` says which modules are judged by which tests, `equivalent.toml` which mutants are no other program.
"""
