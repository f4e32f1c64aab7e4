"""Tables and SQL of the privacy package. Transactions are opened by use cases and the gate."""
