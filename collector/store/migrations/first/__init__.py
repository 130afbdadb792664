"""The first schema, a module a noun: its tables, and what the database itself refuses about them.

REFUSALS: name, table, verb, condition and words of a trigger that both databases have alike.
"""
