"""Who comes back: repeat orders, cohorts, RFM, expected purchases, lifecycle.

An order here is what a person converted to, primarily, on one local day (sql/loyalty/orders.sql).
Every function takes a DuckDB connection to a published store and counts in sql/loyalty.
"""
