"""The rules, pure: values in, values out; no web, no database, no clock."""
