"""The receipt: what someone agreed to, for that person, on paper and in plain words."""
