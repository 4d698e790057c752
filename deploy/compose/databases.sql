-- Run once, when the volume is new: Dagster's run history and Druid's metadata lie side by side.
CREATE DATABASE druid;
