"""Config, claims and sourced tables, checked; events and yearly tables made into regular series."""
