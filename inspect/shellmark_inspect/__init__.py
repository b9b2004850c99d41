"""The station: capture, preprocessing, judging, records, loop, exports."""
