"""HM Land Registry Price Paid Data: its files and records as values. Getting the files is the spider's business."""
