"""The asset graph: each asset reads, calls logic, writes, reports."""
