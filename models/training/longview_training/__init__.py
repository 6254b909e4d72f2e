"""Training of Longview's built-in model: data, text tower, head, decoder, measurements."""
