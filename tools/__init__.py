"""Scripts that write files of the project: generated documents, factory examples, the demo recording."""
