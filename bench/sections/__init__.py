"""What is measured, a section each; a section gives lines of the table."""
