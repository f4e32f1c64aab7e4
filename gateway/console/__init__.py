"""The console: where people log in and see what their role is for. No data of any casus here."""
