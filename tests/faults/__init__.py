"""The whole product, broken on purpose, and looked at from outside: ``make faults``.

Nothing here reads the product's code: what it says is compared with files, rows and processes.
"""
