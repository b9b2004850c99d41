"""Learning on the station's own processor: onnxruntime, onnx and NumPy, no torch."""
