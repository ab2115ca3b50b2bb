"""The order of work. The only place where Prefect is imported."""
