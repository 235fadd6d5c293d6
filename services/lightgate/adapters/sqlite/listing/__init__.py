"""Lists of 50,000 rows at the speed of a click: filters, order, counts. Imports the schema, the store and below."""
