"""The report `data_exploration`: frames in, one self-contained HTML page out.

What belongs here: what the page says, shows and looks like. What does not: reading tables (the asset does), and the
definitions of the daily figures (`orchestration.logic`).
"""

from orchestration.report.data import ReportData
from orchestration.report.page import build_report
from orchestration.report.write import write_report

__all__ = ["ReportData", "build_report", "write_report"]
