"""The access report: what the log says of one person, as data and as a paper in plain words."""
