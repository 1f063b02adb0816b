"""What members do with pictures: collect references, put a request together, run it, and go on from its result."""
