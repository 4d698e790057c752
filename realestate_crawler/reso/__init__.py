"""The RESO Web API (OData 4): questions and answers as values. Asking them is the spider's business."""
