"""What the audit service itself records: exports, inspections and refused attempts."""
